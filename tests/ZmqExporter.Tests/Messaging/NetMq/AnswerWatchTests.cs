using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Messaging.NetMq;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

public sealed class AnswerWatchTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TimerQueue _timers;
    private readonly AnswerWatch _watch;
    private int _silences;

    public AnswerWatchTests()
    {
        _timers = new TimerQueue(_time);
        _watch = new AnswerWatch(_timers, () => Interlocked.Increment(ref _silences));
    }

    public void Dispose() => _timers.Dispose();

    [Fact]
    public void Expect_NothingIsSaid_IsNoticedOnce()
    {
        _watch.Expect(AnswerWatch.LongestSilence);
        _time.Advance(AnswerWatch.LongestSilence / 2);
        _watch.Expect(AnswerWatch.LongestSilence); // to ask again is no answer
        _time.Advance(AnswerWatch.LongestSilence / 2);
        AdvanceUntil(() => Volatile.Read(ref _silences) == 1);
        _time.Advance(2 * AnswerWatch.LongestSilence);
        Assert.Equal(1, Volatile.Read(ref _silences));
    }

    [Fact]
    public void OnAnswer_BeforeTheEndOfTheMargin_IsNoSilence()
    {
        _watch.Expect(AnswerWatch.LongestSilence);
        _time.Advance(AnswerWatch.LongestSilence);
        _watch.OnAnswer();
        _time.Advance(2 * AnswerWatch.LongestSilence);

        _watch.Expect(AnswerWatch.LongestSilence);
        AdvanceUntil(() => Volatile.Read(ref _silences) > 0);
        Assert.Equal(1, Volatile.Read(ref _silences));
    }

    // The timers run on a thread of their own.
    private void AdvanceUntil(Func<bool> condition) => Eventually.True(() =>
    {
        _time.Advance(AnswerWatch.Margin);
        return condition();
    });
}
