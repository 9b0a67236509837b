using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

/// <summary>Dead connections are no dead servers, our own acts are no evidence, and our own lateness is nobody else's.</summary>
public sealed class RequestEvidenceTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLink _link;
    private readonly Observer _observer = new();

    public RequestEvidenceTests() => _link = new FakeLink(_time);

    public void Dispose() => _link.Dispose();

    [Theory]
    [InlineData("ping", "pong")]
    [InlineData("{token}", "{token}")]
    public async Task ProbeAsync_KeptConnectionMuteAndAFreshOneAnswers_IsLateAndSaysWhatDied(string send, string expected)
    {
        using var prober = await KeptAsync(send, expected);
        _link.Sent = (link, message) =>
        {
            if (link.Connections == 2)
            {
                link.ReplyAfter(5, send == "ping" ? "pong" : FakeLink.Text(message));
            }
        };
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);

        var result = await ProbeAsync(prober);

        Assert.Equal((ProbeOutcome.Late, null), (result.Outcome, result.Reason));
        Assert.Equal((true, true, true), (result.Reachable, result.Responsive, result.Ready));
        Assert.Contains("died in silence", result.Detail, StringComparison.Ordinal);
        Assert.Contains("per_probe", result.Detail, StringComparison.Ordinal);
        Assert.Equal(_link.SentTexts[^2], _link.SentTexts[^1]); // the same request, once more
        Assert.Equal((1, 3), (_link.BesidesTaken, _link.SentTexts.Count));
        Assert.Equal(AfterProbe.Keep, _link.Ended[^1]);
    }

    [Fact]
    public async Task ProbeAsync_PongOnTheKeptConnection_MeansNoRetry()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.Pinged = link => link.After(2, LinkOutcomeKind.Pong);
        var result = await ProbeAsync(prober);
        Assert.Equal((FailureReason.ReplyTimeout, true), (result.Reason, result.Reachable));
        Assert.Equal((0, 2), (_link.Besides, _link.SentTexts.Count));
    }

    [Fact]
    public async Task ProbeAsync_PongWhileAFreshConnectionIsMade_MeansNoRetry()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.Pinged = link => link.After(500, LinkOutcomeKind.Pong);
        _link.BesideAsked = link => link.After(300, LinkOutcomeKind.BesideOpened);
        var result = await ProbeAsync(prober);
        Assert.Equal((FailureReason.ReplyTimeout, true), (result.Reason, result.Reachable));
        Assert.Equal((1, 0, 2), (_link.Besides, _link.BesidesTaken, _link.SentTexts.Count));
    }

    [Fact]
    public async Task ProbeAsync_ReplyOnTheKeptConnectionWhileAFreshOneIsMade_Counts()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = (link, _) => link.ReplyAfter(1200, "pong");
        _link.BesideAsked = link => link.After(900, LinkOutcomeKind.BesideOpened);
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Late, "the reply came late: 1.200 s after the start of the probe, and the limit is 0.5 s"), (result.Outcome, result.Detail));
        Assert.Equal((1, 0), (_link.Besides, _link.BesidesTaken));
    }

    [Fact]
    public async Task ProbeAsync_FreshConnectionAnswersNothingEither_IsAHungApplication()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Miss, FailureReason.ReplyTimeout), (result.Outcome, result.Reason));
        Assert.Equal((true, false), (result.Reachable, result.Responsive));
        Assert.Contains("did not answer the request there either", result.Detail, StringComparison.Ordinal);
        Assert.Equal(2000, result.Elapsed.TotalMilliseconds, 1.0);
        Assert.Equal(AfterProbe.KeepForLateReply, _link.Ended[^1]);
    }

    [Theory]
    [InlineData(ZmtpErrorCode.HandshakeTimeout, true, FailureReason.ReplyTimeout, "the process is frozen; its kernel acknowledged")]
    [InlineData(ZmtpErrorCode.ConnectTimeout, false, FailureReason.ReplyTimeout, "the network or the host is lost")]
    [InlineData(ZmtpErrorCode.Refused, false, FailureReason.Refused, "verdict is: seen")]
    public async Task ProbeAsync_NeitherConnectionAnswers_IsAMissByItsEvidence(ZmtpErrorCode beside, bool isAcknowledged, object reason, string words)
    {
        using var prober = await KeptAsync("{token}", "{token}");
        _link.Sent = null;
        _link.IsAcknowledged = isAcknowledged;
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideFailed, error: new ZmtpError(beside, "seen"));
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Miss, (FailureReason)reason), (result.Outcome, result.Reason));
        Assert.Equal((false, false), (result.Reachable, result.Responsive));
        Assert.Contains(words, result.Detail, StringComparison.Ordinal);
        Assert.True(_link.Ended[^1] is AfterProbe.KeepForLateReply or AfterProbe.Close); // renewed, even with a token
    }

    [Fact]
    public async Task ProbeAsync_PeerWithoutPingIsSlow_GetsNeitherPingNorSecondRequest()
    {
        _link.KnowsPing = false;
        using var prober = await KeptAsync("ping", "pong");
        _link.IsAcknowledged = true;
        _link.Sent = (link, _) => link.ReplyAfter(1400, "pong");
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Late, null), (result.Outcome, result.Reason));
        Assert.Equal((0, 0, 2), (_link.Pings, _link.Besides, _link.SentTexts.Count));
    }

    [Fact]
    public async Task ProbeAsync_PeerWithoutPingHangs_IsProvenAliveByAFreshHandshakeAlone()
    {
        _link.KnowsPing = false;
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.IsAcknowledged = true;
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        var result = await ProbeAsync(prober);
        Assert.Equal((FailureReason.ReplyTimeout, true), (result.Reason, result.Reachable));
        Assert.Contains("a fresh connection shook hands", result.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("answer a ZMTP PING", result.Detail, StringComparison.Ordinal);
        Assert.Equal((1, 0, 2), (_link.Besides, _link.BesidesTaken, _link.SentTexts.Count));
    }

    [Fact]
    public async Task ProbeAsync_PeerWithoutPingAndNobodyAcknowledged_IsAskedAgainOnAFreshConnection()
    {
        _link.KnowsPing = false;
        using var prober = await KeptAsync("ping", "pong");
        _link.IsAcknowledged = false;
        _link.Sent = (link, _) =>
        {
            if (link.Connections == 2)
            {
                link.ReplyAfter(5, "pong");
            }
        };
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Late, 1), (result.Outcome, _link.BesidesTaken));
        Assert.Contains("did not acknowledge the request", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ProbeAsync_PeerEndsTheConnectionAtOurPing_IsNotBlamed(bool answersAgain)
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = (link, _) =>
        {
            if (answersAgain && link.Connections == 2)
            {
                link.ReplyAfter(600, "pong");
            }
        };
        _link.Pinged = link =>
        {
            link.WasLostToPing = true;
            link.After(1, LinkOutcomeKind.Failed, error: new ZmtpError(ZmtpErrorCode.Disconnected, "the peer closed the connection"));
            link.Lose();
        };
        var result = await ProbeAsync(prober);
        Assert.Equal((answersAgain ? ProbeOutcome.Late : ProbeOutcome.Pending, null), (result.Outcome, result.Reason));
        Assert.Contains("does not know that command", result.Detail, StringComparison.Ordinal);
        Assert.Equal((2, 3), (_link.Connections, _link.SentTexts.Count));
    }

    [Fact]
    public async Task ProbeAsync_RefusedReplyWithTheTokenOfThisProbe_IsUnexpectedAtOnceAndNotStale()
    {
        using var prober = await KeptAsync("{token}", "{token}", Equal("pong", 1));
        _link.Sent = null;
        _link.Pong();
        Assert.Equal(FailureReason.ReplyTimeout, (await ProbeAsync(prober)).Reason); // now one reply is owed
        _link.Pass(1000);
        _link.Sent = (link, message) => link.ReplyAfter(5, FakeLink.Text(message), "busy");
        var result = await ProbeAsync(prober);
        Assert.Equal((FailureReason.UnexpectedReply, true, 0), (result.Reason, result.Responsive, _observer.Stale));
        Assert.Equal(5, result.Elapsed.TotalMilliseconds, 1.0);
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
        _link.Receiving = (link, start) => new LinkOutcome(LinkOutcomeKind.Message, link.At(start, latest), ZmtpMessage.FromText("pong"))
        {
            Earliest = link.At(start, earliest),
        };
        var result = await ProbeAsync(prober);
        Assert.Equal(
            isInTime switch { true => ProbeOutcome.Late, false => ProbeOutcome.Miss, null => ProbeOutcome.LocalError },
            result.Outcome);
        Assert.Equal(isInTime is null, result.Detail.Contains("whether it came in time is unknown", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ProbeAsync_ConnectionThatWaitedForUs_GivesThePeerItsWholeTime()
    {
        // The handshake ended in time, and this process got to run only 10 s later.
        _link.OwnDelay = (long)(0.3 * _time.TimestampFrequency);
        _link.Opening = () =>
        {
            var opened = new LinkOutcome(LinkOutcomeKind.Opened, _time.GetTimestamp());
            _time.Advance(TimeSpan.FromSeconds(10));
            return opened;
        };
        _link.Sent = (link, _) => link.ReplyAfter(2200, "pong");
        using var prober = Prober("ping", Equal("pong"));
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Late, 2200.0), (result.Outcome, Math.Round(result.RoundTrip!.Value.TotalMilliseconds)));
    }

    private static async Task<ProbeResult> ProbeAsync(RequestProber prober) => await prober.ProbeAsync(TestContext.Current.CancellationToken);

    /// <summary>A prober with a connection from an earlier probe, which went well.</summary>
    private async Task<RequestProber> KeptAsync(string send, string expected, params ExpectConfig[] more)
    {
        _link.Sent = (link, message) => link.ReplyAfter(1, send == "ping" ? "pong" : FakeLink.Text(message), "pong");
        var prober = Prober(send, [Equal(expected), .. more]);
        Assert.Equal(ProbeOutcome.OnTime, (await ProbeAsync(prober)).Outcome);
        _link.Pass(1000);
        return prober;
    }

    private RequestProber Prober(string send, params ReadOnlySpan<ExpectConfig> expects) =>
        new(Target(new RequestProberConfig(SocketType.Req, Persistent: true, [Step(send, expects)])), _link, _time, _observer);
}
