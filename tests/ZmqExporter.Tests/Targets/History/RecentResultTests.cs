using System.Runtime.CompilerServices;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Targets.History;

public sealed class RecentResultTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void RecentResult_OfEachKind_KeepsWhatItSays()
    {
        var answer = new RecentResult(MetricsUnderTest.OnTime(0.25), Start);
        Assert.Equal((Start, ProbeOutcome.OnTime, null, TimeSpan.FromSeconds(0.25)), (answer.At, answer.Outcome, answer.Reason, answer.RoundTrip));

        foreach (var reason in FailureReasons.All)
        {
            var miss = new RecentResult(MetricsUnderTest.Miss(reason), Start);
            Assert.Equal((ProbeOutcome.Miss, reason, null), (miss.Outcome, miss.Reason, miss.RoundTrip));
        }
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, null, true)]
    [InlineData(null, null, null)]
    public void RecentResult_Evidence_IsKept(bool? reachable, bool? responsive, bool? ready)
    {
        var kept = new RecentResult(MetricsUnderTest.OnTime() with { Reachable = reachable, Responsive = responsive, Ready = ready }, Start);
        Assert.Equal((reachable, responsive, ready), (kept.Reachable, kept.Responsive, kept.Ready));
    }

    [Fact]
    public void RecentResult_Phases_AreKeptToThreeDigits()
    {
        var phases = new PhaseDurations(null, TimeSpan.FromMicroseconds(123), TimeSpan.FromMilliseconds(1.5), TimeSpan.FromSeconds(59), TimeSpan.FromHours(1));
        var kept = new RecentResult(MetricsUnderTest.OnTime() with { Phases = phases }, Start).Phases;

        Assert.Null(kept.Resolve);
        Assert.Equal(0.123, kept.Connect!.Value.TotalMilliseconds, 3);
        Assert.Equal(1.5, kept.Handshake!.Value.TotalMilliseconds, 3);
        Assert.Equal(59, kept.Ping!.Value.TotalSeconds, 1);
        Assert.InRange(kept.Request!.Value, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)); // more than fits
    }

    // Its bytes are what state files hold: a change of its size or of the order of these labels needs another format there.
    [Fact]
    public void RecentResult_Form_IsThatOfStateFiles()
    {
        Assert.Equal(28, Unsafe.SizeOf<RecentResult>());
        Assert.Equal(["on_time", "late", "miss", "local_error", "pending"], EnumLabels<ProbeOutcome>.All);
        Assert.Equal(
            [
                "resolve", "refused", "unreachable", "connect_timeout", "not_zmtp", "version", "mechanism", "auth", "socket_type", "handshake_timeout",
                "disconnected", "reply_timeout", "unexpected_reply", "silent", "protocol", "too_large", "local_error",
            ],
            EnumLabels<FailureReason>.All);
    }
}
