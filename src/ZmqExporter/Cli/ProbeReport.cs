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
    public static void WriteText(TextWriter output, TargetConfig target, ProbeResult result, IReadOnlyList<ProbeTrace.Entry> trace)
    {
        foreach (var entry in trace)
        {
            output.WriteLine($"  {entry}");
        }

        foreach (var (phase, duration) in Phases(result))
        {
            output.WriteLine($"  {phase,-10} {ProbeVerdict.Show(duration)}");
        }

        output.WriteLine($"{ProbeVerdict.Word(result)}: {ProbeVerdict.Sentence(result, target.Module.Policy.LateAfter)}");
    }

    /// <summary>One object on one line.</summary>
    public static void WriteJson(TextWriter output, TargetConfig target, ProbeResult result, IReadOnlyList<ProbeTrace.Entry> trace) =>
        output.WriteLine(JsonSerializer.Serialize(
            new
            {
                Endpoint = target.Endpoint.ToString(),
                Module = target.Module.Name,
                Outcome = ProbeVerdict.Word(result).ToLowerInvariant(),
                ExitCode = ProbeVerdict.ExitCode(result),
                Reason = result.Reason?.Label(),
                Verdict = ProbeVerdict.Sentence(result, target.Module.Policy.LateAfter),
                result.Reachable,
                result.Responsive,
                result.Ready,
                RoundTripSeconds = result.RoundTrip?.TotalSeconds,
                ElapsedSeconds = result.Elapsed.TotalSeconds,
                PhaseSeconds = Phases(result).ToDictionary(phase => phase.Name, phase => phase.Duration.TotalSeconds, StringComparer.Ordinal),
                Peer = result.Peer is { } peer
                    ? new { ZmtpVersion = peer.Version, peer.Mechanism, peer.SocketType, peer.Metadata }
                    : null,
                Trace = trace.Select(entry => new { Kind = entry.Kind.ToString().ToLowerInvariant(), entry.Texts }),
            },
            Json));

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
