using ZmqExporter.Configuration;
using ZmqExporter.OnDemand;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;
using ZmqExporter.Tests.Probing;
using Zmtp;

namespace ZmqExporter.Tests.OnDemand;

/// <summary>Reports of probes that never were.</summary>
internal static class Reports
{
    public static readonly DateTimeOffset Started = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly ProbeResult Good = new()
    {
        Outcome = ProbeOutcome.OnTime,
        Reachable = true,
        Responsive = true,
        Ready = true,
        RoundTrip = TimeSpan.FromMilliseconds(1.5),
        Phases = new PhaseDurations(null, TimeSpan.FromMilliseconds(0.5), TimeSpan.FromMilliseconds(2), null, TimeSpan.FromMilliseconds(1.5)),
        Peer = new PeerInfo(3, 1, "NULL", "REP", System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty),
    };

    public static readonly ProbeResult Bad = ProbeResult.Miss(FailureReason.Refused, "nothing listens", reachable: false) with { Ready = false };

    public static ProbeReport Of(ProbeResult result, string[]? said = null, string endpoint = "tcp://127.0.0.1:1")
    {
        Assert.True(ZmtpEndpoint.TryParse(endpoint, out var parsed, out _));
        return new ProbeReport(
            new ProbeConversation(
                ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: true, [])) with { Endpoint = parsed },
                result,
                [.. (said ?? []).Select(text => new ConversationEntry(ConversationEntryKind.Received, [text]))]),
            Started,
            TimeSpan.FromSeconds(0.25));
    }
}
