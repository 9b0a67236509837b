using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

public sealed class MeasurementErrorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly MeasurementError _error;

    public MeasurementErrorTests() => _error = new MeasurementError(_time);

    [Fact]
    public void WorstSince_ProbesThatEndedInTheWindow_GivesTheLongestFromItsDueTime()
    {
        Canary(took: 900);
        Pass(1000);
        var since = Timestamp.Now(_time);
        Assert.Equal(0, Worst(since));
        Canary(took: 3);
        Canary(took: 40);
        Canary(took: 2);
        Assert.Equal(40, Worst(since));
    }

    [Fact]
    public void WorstSince_ProbeThatRuns_CountsForAsLongAsItDoes()
    {
        var since = Timestamp.Now(_time);
        _error.Begin(since);
        Pass(300);
        Assert.Equal(300, Worst(since));
    }

    [Theory]
    [InlineData(FailureReason.ReplyTimeout, 1500, true)]
    [InlineData(FailureReason.HandshakeTimeout, 1500, true)]
    [InlineData(FailureReason.ConnectTimeout, 1500, true)]
    [InlineData(FailureReason.ReplyTimeout, 1300, false)] // the target had 1.4 s to spare
    [InlineData(FailureReason.Refused, 1900, false)] // seen, whenever
    [InlineData(FailureReason.UnexpectedReply, 1900, false)]
    public async Task DoubtedProber_MissWhileTheCanaryWasLate_IsNoMissWhenThatCanExplainIt(object reason, int canary, bool isDoubted)
    {
        var inner = new Scripted();
        using var prober = Doubted(inner);
        await GoodAsync(prober, inner, took: 600);

        inner.Next = () =>
        {
            Canary(canary);
            return new ProbeResult { Outcome = ProbeOutcome.Miss, Reason = (FailureReason)reason, Detail = "no reply", Reachable = false };
        };
        var result = await prober.ProbeAsync(CancellationToken.None);
        Assert.Equal(
            isDoubted ? (ProbeOutcome.LocalError, FailureReason.LocalError, null) : (ProbeOutcome.Miss, (FailureReason)reason, false),
            (result.Outcome, result.Reason!.Value, result.Reachable));
        Assert.EndsWith("no reply", result.Detail, StringComparison.Ordinal);
        Assert.Equal(isDoubted, result.Detail.Contains("1.500 s late", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(499, false)]
    [InlineData(501, true)] // a quarter of the timeout, whatever the target usually takes
    public async Task DoubtedProber_GoodProbeTookLongerThanTheTimeout_LaterMissesAreMissesAllTheSame(int canary, bool isDoubted)
    {
        var inner = new Scripted();
        using var prober = Doubted(inner);
        await GoodAsync(prober, inner, took: 2100); // this process was stopped meanwhile
        Pass(100_000);
        Assert.Equal(isDoubted ? ProbeOutcome.LocalError : ProbeOutcome.Miss, await MissAsync(prober, inner, canary));
    }

    [Fact]
    public async Task DoubtedProber_OneSlowProbeAmongQuickOnes_DoesNotChangeWhatTheTargetUsuallyTakes()
    {
        var inner = new Scripted();
        using var prober = Doubted(inner);
        await GoodAsync(prober, inner, took: 10);
        await GoodAsync(prober, inner, took: 1900);
        Assert.Equal(ProbeOutcome.Miss, await MissAsync(prober, inner, canary: 1800)); // it had 1.99 s to spare
        for (var i = 0; i < 8; i++)
        {
            await GoodAsync(prober, inner, took: 1900);
        }

        Pass(10_000);
        Assert.Equal(ProbeOutcome.LocalError, await MissAsync(prober, inner, canary: 600)); // it has become slow
    }

    [Fact]
    public async Task DoubtedProber_KernelTells_NothingIsDoubted()
    {
        var inner = new Scripted();
        var isDoubted = false;
        using var prober = Doubted(inner, () => isDoubted);
        Assert.Equal(ProbeOutcome.Miss, await MissAsync(prober, inner, canary: 2000));
        isDoubted = true; // the first connection found out that it does not
        Assert.Equal(ProbeOutcome.LocalError, await MissAsync(prober, inner, canary: 2000));
    }

    [Theory]
    [InlineData(700, 300, true)] // 0.2 s too late, and we were 0.3 s late ourselves
    [InlineData(700, 150, false)]
    [InlineData(400, 300, false)] // not for the time that this probe took: a message was long on its way
    [InlineData(501, 10, false)] // that is no lateness worth speaking of
    public async Task DoubtedProber_LateWhileTheCanaryWasLate_ChangesNothingWhenThatCanExplainIt(int elapsed, int canary, bool isDoubted)
    {
        var inner = new Scripted();
        using var prober = Doubted(inner);
        inner.Next = () =>
        {
            Canary(canary);
            Pass(elapsed - canary > 0 ? elapsed - canary : 0);
            return new ProbeResult
            {
                Outcome = ProbeOutcome.Late,
                Detail = "the reply came late",
                Elapsed = TimeSpan.FromMilliseconds(elapsed),
                RoundTrip = TimeSpan.FromMilliseconds(elapsed),
                Reachable = true,
            };
        };

        var result = await prober.ProbeAsync(CancellationToken.None);

        Assert.Equal(
            isDoubted ? (ProbeOutcome.Pending, true, false) : (ProbeOutcome.Late, true, true),
            (result.Outcome, result.Reachable, result.RoundTrip is not null));
        Assert.EndsWith("the reply came late", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DoubtedProber_CanaryWasNotAnswered_NobodyKnows()
    {
        Canary(took: 1);
        Pass(1000);
        var inner = new Scripted();
        using var prober = Doubted(inner);
        inner.Next = () =>
        {
            Canary(took: 1000, isAnswered: false); // its own timeout, which is shorter than the target's
            Pass(1000);
            return new ProbeResult { Outcome = ProbeOutcome.Miss, Reason = FailureReason.ReplyTimeout, Detail = "no reply" };
        };

        var result = await prober.ProbeAsync(CancellationToken.None);

        Assert.Equal(ProbeOutcome.LocalError, result.Outcome);
        Assert.StartsWith("the exporter's own canary got no answer", result.Detail, StringComparison.Ordinal);
        Assert.Equal(ProbeOutcome.Miss, await MissAsync(prober, inner, canary: 1)); // and that is over
    }

    [Fact]
    public void WorstSince_NextProbeIsOverdue_CountsBeforeItBegins()
    {
        Canary(took: 1);
        _error.Expect(Timestamp.Now(_time) + Ticks(200));
        Pass(200);
        Assert.Equal(0, Worst(Timestamp.Now(_time)));
        Pass(1500); // this process stands still, and afterwards somebody is judged first
        Assert.Equal(1500, Worst(Timestamp.Now(_time)));
        _error.Expect(Timestamp.None);
        Assert.Equal(0, Worst(Timestamp.Now(_time)));
    }

    [Fact]
    public void WorstSince_CanaryThatNeverGotAnAnswer_SaysNothingOfUs()
    {
        var since = Timestamp.Now(_time);
        Canary(took: 1000, isAnswered: false); // a machine without loopback
        Assert.Equal(0, Worst(since));
    }

    private void Pass(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private void Canary(int took, bool isAnswered = true)
    {
        _error.Begin(Timestamp.Now(_time));
        Pass(took);
        _error.End(isAnswered);
    }

    private DoubtedProber Doubted(Scripted inner, Func<bool>? isDoubted = null)
    {
        var policy = new PolicyConfig { LateAfter = TimeSpan.FromMilliseconds(500) };
        var module = new ModuleConfig(
            "ping", TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(2), MessagingClient.Zmtp, policy, new SecurityConfig.Null(), new HandshakeProberConfig(SocketType.Dealer));
        return new DoubtedProber(inner, _error, isDoubted ?? (() => true), module, _time);
    }

    private async Task GoodAsync(DoubtedProber prober, Scripted inner, int took)
    {
        inner.Next = () =>
        {
            Pass(took);
            return new ProbeResult { Outcome = ProbeOutcome.OnTime, Elapsed = TimeSpan.FromMilliseconds(took) };
        };
        Assert.Equal(ProbeOutcome.OnTime, (await prober.ProbeAsync(CancellationToken.None)).Outcome);
    }

    private async Task<ProbeOutcome> MissAsync(DoubtedProber prober, Scripted inner, int canary)
    {
        Pass(1);
        inner.Next = () =>
        {
            Canary(canary);
            Pass(2000);
            return new ProbeResult { Outcome = ProbeOutcome.Miss, Reason = FailureReason.ReplyTimeout, Detail = "no reply" };
        };
        return (await prober.ProbeAsync(CancellationToken.None)).Outcome;
    }

    private static TimeSpan Ticks(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private double Worst(Timestamp since) => _error.WorstSince(since).TotalMilliseconds;

    private sealed class Scripted : IProber
    {
        public Func<ProbeResult> Next { get; set; } = null!;

        public ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping) => ValueTask.FromResult(Next());

        public void Dispose()
        {
        }
    }
}
