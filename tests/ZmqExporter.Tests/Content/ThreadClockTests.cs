using System.Diagnostics;
using ZmqExporter.Content;

namespace ZmqExporter.Tests.Content;

public sealed class ThreadClockTests
{
    // Whoever waits uses nothing: a thread that has no processor is not one that looked for long.
    [Fact]
    public void Used_ThreadThatWaits_StaysBehindTheClock()
    {
        var begin = Stopwatch.GetTimestamp();
        var before = ThreadClock.Used;
        using var never = new ManualResetEventSlim();
        Assert.False(never.Wait(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken));
        var used = ThreadClock.Used - before;

        Assert.NotNull(used);
        Assert.True(used.Value < Stopwatch.GetElapsedTime(begin) / 2);
    }

    [Fact]
    public void Used_ThreadThatComputes_Grows()
    {
        var before = ThreadClock.Used;
        Eventually.True(() => ThreadClock.Used > before);
    }

    [Fact]
    public void IsOver_ThreadThatWaitedForLonger_IsNot()
    {
        var deadline = QueryDeadline.Begin();
        using var never = new ManualResetEventSlim();
        Assert.False(never.Wait(2 * QueryDeadline.Limit, TestContext.Current.CancellationToken));
        Assert.False(deadline.IsOver);
    }
}
