using System.Globalization;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing.OneShot;

/// <summary>A probe's result in plain words and as an exit code.</summary>
internal static class ProbeVerdict
{
    /// <summary>What a verdict starts with: the word of a Nagios plugin and, when there is one, the reason by its label.</summary>
    public static string Heading(ProbeResult result) => result.Reason is { } reason ? $"{Word(result)} ({reason.Label()})" : Word(result);

    /// <summary>The word that a Nagios plugin starts its line with.</summary>
    public static string Word(ProbeResult result) => result.Outcome switch
    {
        ProbeOutcome.OnTime => "OK",
        ProbeOutcome.Late => "LATE",
        ProbeOutcome.Miss => "FAILED",
        _ => "UNKNOWN",
    };

    /// <summary>The exit code of a Nagios plugin: 0 OK, 1 late, 2 failed, 3 we could not ask.</summary>
    public static int ExitCode(ProbeOutcome outcome) => outcome switch
    {
        ProbeOutcome.OnTime => 0,
        ProbeOutcome.Late => 1,
        ProbeOutcome.Miss => 2,
        _ => 3,
    };

    /// <summary>What happened, in the order in which it did: how far the probe came, and what ended it.</summary>
    /// <param name="target">What was probed.</param>
    /// <param name="result">How it ended.</param>
    public static string Sentence(TargetConfig target, ProbeResult result)
    {
        var parts = new List<string>();
        var phases = result.Phases;
        if (phases is { Resolve: { } resolve, Connect: not null })
        {
            parts.Add($"name resolved in {Show(resolve)}");
        }

        // With NetMQ nobody sees a handshake; that a request went out tells that TCP was connected.
        if (phases is { Connect: { } connect } && (phases.Handshake is not null || phases.Request is not null))
        {
            parts.Add($"{(target.Endpoint.SocketPath is null ? "TCP connected" : "connected")} in {Show(connect)}");
        }

        if (result.Peer is { } peer)
        {
            parts.Add($"ZMTP {peer.Version} {peer.Mechanism}");
            parts.Add(peer.SocketType is { } type ? $"peer is {type}" : "peer does not tell its socket type");
        }

        parts.Add(Ending(result, target.Module.Policy.LateAfter));
        return string.Join(", ", parts);
    }

    /// <summary>A duration with a unit that fits.</summary>
    public static string Show(TimeSpan duration) => duration.TotalMinutes >= 2
        ? Durations.Words(duration)
        : duration.TotalSeconds >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.00} s")
        : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.0#} ms");

    private static string Ending(ProbeResult result, TimeSpan lateAfter)
    {
        if (result.RoundTrip is not { } roundTrip)
        {
            return result.Detail;
        }

        var answer = result switch
        {
            { OnlyLooked: true } => "sent its READY (all that was looked at, so that no work came)",
            { Phases.Request: not null } => "replied",
            { Phases.Ping: not null } => "answered the handshake and a ZMTP PING",
            _ => "answered the handshake",
        };
        var late = result.IsSlow
            ? string.Create(CultureInfo.InvariantCulture, $", which is late: the limit is {lateAfter.TotalSeconds:0.###} s from the start of the probe")
            : "";
        return $"{answer} in {Show(roundTrip)}{late}{(result.Found.Length == 0 ? "" : "; ")}{result.Found}";
    }
}
