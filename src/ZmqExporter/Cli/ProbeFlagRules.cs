using System.CommandLine;
using System.CommandLine.Parsing;
using Zmtp;

namespace ZmqExporter.Cli;

/// <summary>Which flags of <c>zmq_exporter probe</c> exclude each other.</summary>
/// <param name="flags">The flags.</param>
/// <param name="result">What was given.</param>
internal sealed class ProbeFlagRules(ProbeFlags flags, CommandResult result)
{
    /// <summary>What is wrong, or null. Only the first: the others may be right once it is mended.</summary>
    public string? Complaint() => OfSubject() ?? OfWhatIsSent() ?? OfForm();

    private string? OfSubject()
    {
        var isNamed = result.GetResult(flags.Target) is { Tokens.Count: > 0 };
        var all = result.GetValue(flags.All);
        return !isNamed && !all ? "what to probe is missing: write an endpoint such as tcp://127.0.0.1:5555, the name of a target of the configuration, or --all"
            : isNamed && all ? "--all probes every target: remove it, or the name"
            : all && Given(flags.Send, flags.Expect, flags.Socket, flags.Topic, flags.ReturnEndpoint) is { } flag ? $"{flag} is for an endpoint; with --all, what is sent is up to the modules"
            : null;
    }

    private string? OfWhatIsSent()
    {
        var sends = Has(flags.Send);
        var frames = sends ? result.GetValue(flags.Send) ?? [] : [];
        if (frames.Select(FrameText.Complaint).FirstOrDefault(problem => problem is not null) is { } complaint)
        {
            return $"--send: {complaint}";
        }

        if ((Has(flags.Topic) ? result.GetValue(flags.Topic) ?? [] : []).Select(FrameText.Complaint).FirstOrDefault(problem => problem is not null) is { } topic)
        {
            return $"--topic: {topic}";
        }

        return Has(flags.Topic) && (sends || Has(flags.Module)) ? $"--topic is for --socket sub; {(sends ? "--send sends as a REQ" : "the module says what it subscribes to")}"
            : Has(flags.Topic) && Has(flags.Socket) && result.GetValue(flags.Socket) is { } socket and not SocketType.Sub ? $"--topic is for --socket sub: a socket of the type {socket.ToString().ToUpperInvariant()} subscribes to nothing"
            : sends && Has(flags.Module) ? "--send and --module exclude each other: the module says what is sent"
            : Has(flags.Socket) && (sends || Has(flags.Module)) ? $"--socket is for the look at the transport; {(sends ? "--send sends as a REQ" : "the module says which socket it has")}"
            : Has(flags.ReturnEndpoint) && !Has(flags.Module) ? "--return-endpoint needs --module: it says where the messages of a loop come out"
            : !sends && Has(flags.Expect) ? "--expect needs --send: nothing is sent that you did not ask for"
            : Has(flags.ConfigFile) && Given(flags.Send, flags.Socket, flags.Topic) is { } flag ? $"--config.file and {flag} exclude each other: {flag} probes without a configuration"
            : Has(flags.Expect) && FrameText.Complaint(result.GetValue(flags.Expect)!) is { } problem ? $"--expect: {problem}"
            : null;
    }

    private string? OfForm()
    {
        var (nagios, json) = (result.GetValue(flags.Nagios), result.GetValue(flags.Json));
        var frames = result.GetValue(flags.ShowFrames);
        return frames && nagios ? "--nagios shows no frames: --show-frames has no meaning"
            : frames && result.GetValue(flags.All) ? "the table of --all shows no frames: --show-frames goes with the name of one target, or with an endpoint"
            : !frames && Has(flags.Messages) ? "--messages needs --show-frames"
            : nagios && (json || Has(flags.Count)) ? "--nagios is one probe on one line: it goes with neither --json nor --count"
            : nagios && result.GetValue(flags.Full) ? "--nagios shows no frames: --full has no meaning"
            : result.GetValue(flags.All) && Has(flags.Count) ? "--all probes each target once: --count has no meaning"
            : result.GetValue(flags.All) && result.GetValue(flags.Full) && !json ? "the table of --all shows no frames: --full goes with --json there, or with the name of one target"
            : null;
    }

    private bool Has(Option option) => result.GetResult(option) is { Implicit: false };

    private string? Given(params ReadOnlySpan<Option> options)
    {
        foreach (var option in options)
        {
            if (Has(option))
            {
                return option.Name;
            }
        }

        return null;
    }
}
