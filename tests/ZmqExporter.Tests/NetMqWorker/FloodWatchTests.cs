using ZmqExporter.NetMqWorker;

namespace ZmqExporter.Tests.NetMqWorker;

/// <summary>A message of 10 bytes is allowed, and 100 bytes may wait to be read.</summary>
public sealed class FloodWatchTests
{
    private readonly FloodWatch _watch = new(largest: 10, most: 100);

    [Theory]
    [InlineData(100, false, false)]
    [InlineData(101, false, true)]
    [InlineData(10, true, false)]
    [InlineData(11, true, null)] // awaited, and not read: it is longer than any that is allowed, unless it has just become whole
    [InlineData(11, false, false)] // several may wait
    [InlineData(101, true, true)]
    public void Look_BytesSinceTheLastMessage_AreTooManyEarlierWhereAMessageIsAwaited(long taken, bool isAwaited, bool? isFlood)
    {
        _watch.Look(1000, isAwaited);

        Assert.Equal(isFlood, _watch.Look(1000 + taken, isAwaited));
        Assert.Equal(taken, _watch.Pending);
    }

    [Theory]
    [InlineData(50, false)]
    [InlineData(51, true)]
    public void IsHeavy_HalfOfWhatMayWait_IsTheMost(long taken, bool isHeavy)
    {
        _watch.Look(0, isAwaited: false);
        _watch.Look(taken, isAwaited: false);
        Assert.Equal(isHeavy, _watch.IsHeavy);
    }

    [Fact]
    public void TakeRead_AMessageWasRead_CountsFromThereOnAndOnlyOnce()
    {
        Assert.False(_watch.TakeRead());
        _watch.Look(0, isAwaited: false);
        Assert.True(_watch.Look(1000, isAwaited: false));

        _watch.OnRead();

        Assert.True(_watch.TakeRead());
        Assert.Equal(0, _watch.Pending);
        Assert.False(_watch.TakeRead());
        Assert.False(_watch.Look(2000, isAwaited: true));
        Assert.False(_watch.TakeRead());
        Assert.Null(_watch.Look(2011, isAwaited: true));
    }
}
