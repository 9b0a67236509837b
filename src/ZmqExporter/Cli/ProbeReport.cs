using System.Text.Json;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;

namespace ZmqExporter.Cli;

/// <summary>Prints the result of a probe, for people or as one line of JSON.</summary>
internal static class ProbeReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // for a terminal, not for a web page
    };

    /// <summary>Phases, frames and the verdict in words.</summary>
    public static void WriteText(TextWriter output, TargetConfig target, ProbeResult result, IReadOnlyList<ProbeTrace.Entry> trace, SubscriptionReading? reading)
    {
        foreach (var entry in trace)
        {
            output.WriteLine($"  {entry}");
        }

        foreach (var (phase, duration) in Phases(result))
        {
            output.WriteLine($"  {phase,-10} {ProbeVerdict.Show(duration)}{Note(phase, result)}");
        }

        foreach (var line in reading?.Lines() ?? [])
        {
            output.WriteLine($"  {line}");
        }

        output.WriteLine($"{ProbeVerdict.Heading(result)}: {ProbeVerdict.Sentence(target, result)}{NextStep.Of(target, result)}");
    }

    /// <summary>One object on one line.</summary>
    public static void WriteJson(TextWriter output, TargetConfig target, ProbeResult result, IReadOnlyList<ProbeTrace.Entry> trace, SubscriptionReading? reading) =>
        output.WriteLine(JsonSerializer.Serialize(
            new
            {
                Endpoint = target.Endpoint.ToString(),
                Module = target.Module.Name,
                Outcome = ProbeVerdict.Word(result).ToLowerInvariant(),
                ExitCode = ProbeVerdict.ExitCode(result.Outcome),
                Reason = result.Reason?.Label(),
                Verdict = ProbeVerdict.Sentence(target, result) + NextStep.Of(target, result),
                result.Reachable,
                result.Responsive,
                result.Ready,
                RoundTripSeconds = result.RoundTrip?.TotalSeconds,
                ElapsedSeconds = result.Elapsed.TotalSeconds,
                PhaseSeconds = Phases(result).ToDictionary(phase => phase.Name, phase => phase.Duration.TotalSeconds, StringComparer.Ordinal),
                Peer = result.Peer is { } peer
                    ? new { ZmtpVersion = peer.Version, peer.Mechanism, peer.SocketType, peer.Metadata }
                    : null,
                Subscription = reading is null ? null : new
                {
                    reading.Messages,
                    reading.NumbersRead,
                    Lost = reading.Sequence.Lost,
                    Unreadable = reading.Sequence.Untracked,
                    Resets = reading.Sequence.Resets,
                    DelaySeconds = reading.Delay?.TotalSeconds,
                    Warnings = reading.Warnings(),
                },
                Trace = trace.Select(entry => new { Kind = entry.Kind.ToString().ToLowerInvariant(), entry.Texts }),
            },
            Json));

    // A PING goes out while a request waits for its reply: the two times overlap.
    private static string Note(string phase, ProbeResult result) =>
        phase == "ping" && result.Phases.Request is not null ? "  (meanwhile: part of the request's time)" : "";

    private static IEnumerable<(string Name, TimeSpan Duration)> Phases(ProbeResult result)
    {
        (string Name, TimeSpan? Duration)[] all =
        [
            ("resolve", result.Phases.Resolve),
            ("connect", result.Phases.Connect),
            ("handshake", result.Phases.Handshake),
            ("request", result.Phases.Request),
            ("ping", result.Phases.Ping),
        ];
        return all.Where(phase => phase.Duration is not null).Select(phase => (phase.Name, phase.Duration!.Value));
    }
}
