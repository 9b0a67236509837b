using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Probing;

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
        var since = _time.GetTimestamp();
        Assert.Equal(0, Worst(since));
        Canary(took: 3);
        Canary(took: 40);
        Canary(took: 2);
        Assert.Equal(40, Worst(since));
    }

    [Fact]
    public void WorstSince_ProbeThatRuns_CountsForAsLongAsItDoes()
    {
        var since = _time.GetTimestamp();
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
        using var prober = new DoubtedProber(inner, _error, TimeSpan.FromSeconds(2), _time);
        inner.Next = () =>
        {
            Pass(600);
            return new ProbeResult { Outcome = ProbeOutcome.OnTime, Elapsed = TimeSpan.FromMilliseconds(600) };
        };
        Assert.Equal(ProbeOutcome.OnTime, (await prober.ProbeAsync(CancellationToken.None)).Outcome);

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

    private void Pass(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private void Canary(int took)
    {
        _error.Begin(_time.GetTimestamp());
        Pass(took);
        _error.End(isAnswered: true);
    }

    private double Worst(long since) => _error.WorstSince(since).TotalMilliseconds;

    private sealed class Scripted : IProber
    {
        public Func<ProbeResult> Next { get; set; } = null!;

        public ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping) => ValueTask.FromResult(Next());

        public void Dispose()
        {
        }
    }
}
