using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

/// <summary>Our own lateness is nobody else's.</summary>
public sealed class RequestTimingTests : RequestProberTestBase
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ProbeAsync_ReplyAppearsToComeAMomentBeforeTheRequest_IsItsReplyOnAKeptConnectionAlone(bool isKept)
    {
        using var prober = isKept ? await KeptAsync("ping", "pong") : Prober("ping", Equal("pong"));
        _link.Sent = null;
        _link.Pong();
        _link.Receiving = (link, start) => new LinkOutcome(LinkOutcomeKind.Message, FakeLink.At(start, -0.9), ZmtpMessage.FromText("pong"));
        Assert.Equal(isKept ? ProbeOutcome.OnTime : ProbeOutcome.Miss, (await ProbeAsync(prober)).Outcome);
    }

    [Fact]
    public async Task ProbeAsync_DebtOfALostReply_EndsInTime()
    {
        using var prober = await KeptAsync("{token}", "{token}");
        _link.Sent = null;
        _link.Pong();
        Assert.Equal(FailureReason.ReplyTimeout, (await ProbeAsync(prober)).Reason);
        _link.Pass(61_000);
        _link.Sent = (link, _) => link.ReplyAfter(5, "busy");
        Assert.Equal((FailureReason.UnexpectedReply, 0), ((await ProbeAsync(prober)).Reason, _observer.Stale));
    }

    [Theory]
    [InlineData(1990, 1990, true)] // the kernel says so, whenever we read it
    [InlineData(1000, 2010, false)] // as exact as timers are
    [InlineData(1000, 2300, null)] // it came at some time while we did not look
    [InlineData(2100, 2300, false)]
    public async Task ProbeAsync_ReplyReadLate_IsJudgedByWhenItCame(int earliest, int latest, bool? isInTime)
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.Receiving = (link, start) => new LinkOutcome(LinkOutcomeKind.Message, FakeLink.At(start, latest), ZmtpMessage.FromText("pong"))
        {
            Earliest = FakeLink.At(start, earliest),
        };
        var result = await ProbeAsync(prober);
        Assert.Equal(
            isInTime switch { true => ProbeOutcome.Late, false => ProbeOutcome.Miss, null => ProbeOutcome.LocalError },
            result.Outcome);
        Assert.Equal(isInTime is null, result.Detail.Contains("whether it came in time is unknown", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(700, 700, 0.5, ProbeOutcome.Late)]
    [InlineData(501, 900, 0.5, ProbeOutcome.Late)] // the socket was empty just after late_after
    [InlineData(0, 400, 0.5, ProbeOutcome.OnTime)]
    [InlineData(0, 700, 0.5, null)] // it came at some time while we did not look
    [InlineData(499, 1900, 0.5, null)]
    [InlineData(1500, 1900, 1.8, null)]
    [InlineData(1801, 1900, 1.8, ProbeOutcome.Late)]
    internal async Task ProbeAsync_RightReplyReadLate_IsLateOnlyIfItCameLate(int earliest, int latest, double lateAfter, object? outcome)
    {
        _link.Receiving = (link, start) => new LinkOutcome(LinkOutcomeKind.Message, FakeLink.At(start, latest), ZmtpMessage.FromText("pong"))
        {
            Earliest = FakeLink.At(start, earliest),
        };
        using var prober = Prober("ping", lateAfter, Equal("pong"));

        var result = await ProbeAsync(prober);

        Assert.Equal(((ProbeOutcome?)outcome ?? ProbeOutcome.OnTime, (true, true, true)), (result.Outcome, (result.Reachable, result.Responsive, result.Ready)));
        Assert.Equal(outcome is null, result.RoundTrip is null); // what nobody measured is no sample
        Assert.Equal(outcome is null, result.Detail.Contains("whether it came late is unknown", StringComparison.Ordinal));
    }

    /// <summary>A socket that was read at <c>late_after</c> and was empty tells late from on time wherever the kernel does not.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(1.8)] // after the moment at which a sign of life is asked for
    public async Task ProbeAsync_NoReplyYet_TheSocketIsReadAtLateAfter(double lateAfter)
    {
        var waits = new List<double>();
        _link.Waiting = (start, until) => waits.Add(Math.Round((until - start).TotalSeconds, 3));
        _link.Sent = (link, _) => link.ReplyAfter(1900, "pong");
        using var prober = Prober("ping", lateAfter, Equal("pong"));
        Assert.Equal(ProbeOutcome.Late, (await ProbeAsync(prober)).Outcome);
        Assert.Contains(lateAfter, waits);
        Assert.Equal(2.0, waits[^1]);
    }

    [Fact]
    public async Task ProbeAsync_ConnectionThatWaitedForUs_GivesThePeerItsWholeTime()
    {
        // The handshake ended in time, and this process got to run only 10 s later.
        _link.OwnDelay = TimeSpan.FromSeconds(0.3);
        _link.Opening = () =>
        {
            var opened = new LinkOutcome(LinkOutcomeKind.Opened, Timestamp.Now(_time));
            _time.Advance(TimeSpan.FromSeconds(10));
            return opened;
        };
        _link.Sent = (link, _) => link.ReplyAfter(2200, "pong");
        using var prober = Prober("ping", Equal("pong"));
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Late, 2200.0), (result.Outcome, Math.Round(result.RoundTrip!.Value.TotalMilliseconds)));
    }
}
