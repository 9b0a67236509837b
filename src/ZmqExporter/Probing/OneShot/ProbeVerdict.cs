using System.Globalization;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing.OneShot;

/// <summary>A probe's result in plain words.</summary>
internal static class ProbeVerdict
{
    /// <summary>The outcome in one word: ok, late, failed or unknown.</summary>
    public static string Word(ProbeOutcome outcome) => outcome switch
    {
        ProbeOutcome.OnTime => "ok",
        ProbeOutcome.Late => "late",
        ProbeOutcome.Miss => "failed",
        _ => "unknown",
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
            { Loop: { Messages: 1 } } => "the message came through",
            { Loop: { } loop } => string.Create(CultureInfo.InvariantCulture, $"{loop.Messages - loop.Lost:N0} of {loop.Messages:N0} messages came through, the slowest one"),
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
