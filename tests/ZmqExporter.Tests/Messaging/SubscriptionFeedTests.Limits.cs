using CsCheck;
using ZmqExporter.Messaging;

namespace ZmqExporter.Tests.Messaging;

/// <content>Where two connections cannot meet at the right message.</content>
public sealed partial class SubscriptionFeedTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    // A NAT forgot it: what only the new one brings must not be thrown away for long, nor be taken for silence.
    [Fact]
    public void OnFrame_OnlyTheNewConnectionBringsMessages_SoonTakesThePlaceOfTheOldOne()
    {
        _unread = [];
        var opened = _timers.Now;
        _feed.Begin(New, opened, Old);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(_aheads);

        Give(New, "t2");
        Assert.Equal([opened], _aheads);
        Give(New, "t3");
        _time.Advance(Patience);

        Eventually.True(() => _closed.Count > 0);
        Give(New, "t4");
        Assert.Equal(["t4"], _messages);
        Assert.Equal([Old], _finished);
        Assert.Single(_aheads);
    }

    [Fact]
    public void OnFrame_OldConnectionBringsSomethingAfterAll_HasAllItsTime()
    {
        _feed.Begin(New, _timers.Now, Old);
        Give(New, "t2");
        Give(Old, "t1");

        _time.Advance(Overlap - Patience);
        Assert.Equal(1, _timers.Count);
        Give(Old, "t2");

        Assert.Equal(["t1", "t2"], _messages);
        Assert.Equal(SubscriptionCause.Replaced, _causes[^1]);
        Assert.Empty(_finished);
    }

    [Fact]
    public void OnFrame_PartOfAMessageOnTheNewConnection_SaysNothingOfTheOldOne()
    {
        _feed.Begin(New, _timers.Now, Old);

        _feed.OnFrame(New, 0, "t"u8, 1, isLast: false);
        _time.Advance(Patience);

        Assert.Equal(1, _timers.Count);
        Assert.Empty(_aheads);
    }

    [Fact]
    public void OnFrame_NothingOnTheOldConnectionAtTheEndOfTheOverlap_IsNotWaitedForLonger()
    {
        _feed.Begin(New, _timers.Now, Old);
        _time.Advance(Overlap - (Patience / 2));

        Give(New, "t2");
        _time.Advance(Patience / 2);

        Eventually.True(() => _closed.Count > 0);
    }

    // To read a connection takes its time.
    [Fact]
    public void OverlapTimer_AnotherOverlapHasBegunMeanwhile_IsNotEndedByIt()
    {
        _isHeld = true;
        _feed.Begin(New, _timers.Now, Old);
        _time.Advance(Overlap);
        Eventually.True(() => Volatile.Read(ref _held) is not null);
        _feed.OnLost(New);
        _feed.Begin("third", _timers.Now);

        _held!();

        Assert.Equal([SubscriptionCause.Connected], _causes);
        Assert.Empty(_closed);
        Assert.Equal(1, _timers.Count);
    }

    [Fact]
    public void OverlapTimer_OldConnectionComesToLifeAtTheLastMoment_HasAllItsTime()
    {
        _isHeld = true;
        _feed.Begin(New, _timers.Now, Old);
        Give(New, "t3");
        _time.Advance(Patience);
        Eventually.True(() => Volatile.Read(ref _held) is not null); // it has brought t1

        _held!();

        Give(Old, "t2", "t3");
        Assert.Equal(["t1", "t2", "t3"], _messages);
        Assert.Equal([Old], _closed);
    }

    // A reload has put another prober in the place of the observer's.
    [Theory]
    [InlineData(Old)]
    [InlineData(New)]
    public void OnFrame_LinkIsGone_ObserverHearsNothing(string connection)
    {
        _feed.Begin(New, _timers.Now, Old);

        _feed.EndOverlap(isOver: true);
        Give(connection, "t1");
        _feed.Begin("third", _timers.Now);
        Give("third", "t2");

        Assert.Empty(_messages);
        Assert.Equal([SubscriptionCause.Connected], _causes);
        Assert.Equal([Old], _closed);
    }

    // Nobody can tell where such connections meet. As many messages are lost, or count twice, as one of them was ahead of the other.
    [Fact]
    public void OnFrame_MessagesThatAreAllAlike_AsManyCountWronglyAsOneConnectionWasAhead() => Gen.Select(
        Gen.Int[2, 20], Gen.Int[0, 20], Gen.Bool.Array[0, 60]).Sample((count, start, turns) =>
        {
            using var test = new SubscriptionFeedTests();
            var first = Math.Min(start, count - 1);
            test._feed.Begin(New, test._timers.Now, Old);
            var (old, young, furthest) = (0, first, first);
            foreach (var isOld in turns.Concat(Enumerable.Repeat(true, count).Concat(Enumerable.Repeat(false, count))))
            {
                if ((isOld ? old : young) < count)
                {
                    test.Give(isOld ? Old : New, "t");
                    (old, young) = isOld ? (old + 1, young) : (old, young + 1);
                    furthest = Math.Max(furthest, Math.Abs(old - young));
                }
            }

            Assert.InRange(test._messages.Count, count - furthest, count + furthest);
            Assert.Equal([Old], test._closed);
        });
}
