using System.Collections.Immutable;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What a request module asks and how, ready to use: one for all of its targets. Immutable and thread-safe.</summary>
internal sealed class RequestPlan
{
    public RequestPlan(RequestProberConfig config)
    {
        Socket = config.Socket;
        IsPersistent = config.Persistent;
        Steps = [.. config.Steps.Select((step, number) => new RequestStep(step, config.Steps.Skip(number + 1)))];
        Captures = Steps.Any(step => step.Captures);
        HasToken = Steps.All(step => step.HasToken);
        Limits = RequestLimits.Of(config);
        Heartbeat = config.Heartbeat;
        Values = config.Values.IsEmpty && Heartbeat is null ? null : new ValueReader(config.Values, Heartbeat is null ? null : HeartbeatEntry.OfReply);
    }

    /// <summary>REQ or DEALER.</summary>
    public SocketType Socket { get; }

    /// <summary>Whether the connection is kept between probes.</summary>
    public bool IsPersistent { get; }

    /// <summary>What the module allows.</summary>
    public RequestLimits Limits { get; }

    /// <summary>What is asked, in turn.</summary>
    public ImmutableArray<RequestStep> Steps { get; }

    /// <summary>Whether a step captures anything.</summary>
    public bool Captures { get; }

    /// <summary>Whether every reply names the probe that it answers.</summary>
    public bool HasToken { get; }

    /// <summary>Of a module that speaks the heartbeat protocol: how; null for others.</summary>
    public HeartbeatConfig? Heartbeat { get; }

    /// <summary>Reads the numbers of the last reply; null when none are wanted.</summary>
    public ValueReader? Values { get; }

    /// <summary>Whether a REP server takes all messages from our socket.</summary>
    public bool SuitsRep(in ProbeVariables variables)
    {
        var sample = variables with { Captured = CapturedValues.Sample };
        if (Socket == SocketType.Dealer)
        {
            foreach (var step in Steps)
            {
                if (!step.SuitsRep(sample))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
