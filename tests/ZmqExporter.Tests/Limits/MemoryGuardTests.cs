using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Limits;

namespace ZmqExporter.Tests.Limits;

public sealed class MemoryGuardTests
{
    private const long Mega = 1 << 20;

    private readonly FakeTimeProvider _time = new();
    private long _alive;
    private long _garbage;
    private int _collections;
    private TimeSpan _collectionTakes;

    [Theory]
    [InlineData(1024, 0, 64)]
    [InlineData(1024, 1, 64)] // a sixteenth has room enough
    [InlineData(1024, 32, 128)] // four of them
    [InlineData(1024, 256, 256)] // a quarter, and no more
    [InlineData(32, 16, 8)]
    public void ForMessagesOf_LargestMessage_HasRoomForFourWithinAQuarter(int limit, int largest, int mebibytes) =>
        Assert.Equal(mebibytes * Mega, Create(limit).ForMessagesOf(largest << 20));

    [Theory]
    [InlineData(32, 16)]
    [InlineData(192, 112)]
    [InlineData(1024, 736)]
    public void HasRoom_TargetsThatTakeMoreThanTheirShare_EndsThere(int limit, int share)
    {
        var guard = Create(limit);
        _alive = (share * Mega) - MemoryGuard.Growth;
        Assert.True(Ask(guard)); // the first of 32
        _alive = (share * Mega) - (33 * MemoryGuard.Growth) + 1;
        Assert.False(Ask(guard));
        _alive = 0;
        Assert.False(Ask(guard)); // those before it were told so
        Assert.True(guard.IsFull);
    }

    [Fact]
    public void BeginTargets_AfterOthersHaveGone_ThereIsRoomAgain()
    {
        var guard = Create(32);
        _alive = 17 * Mega;
        Assert.False(Ask(guard));

        guard.BeginTargets(growing: 0);
        Assert.False(guard.HasRoom()); // nothing has changed

        _alive = 10 * Mega;
        guard.BeginTargets(growing: 0);
        Assert.True(Ask(guard));
    }

    // Those that were added a moment ago will take more than they do now; those that are probed have grown.
    [Theory]
    [InlineData(0, true)]
    [InlineData(1000, false)]
    public void BeginTargets_SomeWillGrow_CountsWhatTheyWillTake(int growing, bool room)
    {
        var guard = Create(32);
        _alive = 15 * Mega;
        guard.BeginTargets(growing);
        Assert.Equal(room, guard.HasRoom());
    }

    // A list that changes each second must not make a full process collect all the time.
    [Fact]
    public void BeginTargets_RightAfterALongCollection_StaysFullWithoutAnother()
    {
        var guard = Create(32);
        (_alive, _collectionTakes) = (17 * Mega, TimeSpan.FromSeconds(1));
        Assert.False(Ask(guard));
        for (var i = 0; i < 9; i++)
        {
            guard.BeginTargets(growing: 0);
            Assert.False(guard.HasRoom());
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, _collections);
        _time.Advance(TimeSpan.FromSeconds(1));
        guard.BeginTargets(growing: 0);
        Assert.False(guard.HasRoom());
        Assert.Equal(2, _collections);
    }

    [Fact]
    public void HasRoom_GarbageAboveTheShare_IsCollectedAndDoesNotCount()
    {
        var guard = Create(32);
        (_alive, _garbage) = (15 * Mega, 5 * Mega);
        Assert.True(Ask(guard));
        Assert.Equal(1, _collections);
    }

    [Fact]
    public void IsShort_MessagesGiveWayBeforeResponses()
    {
        var guard = Create(100);
        _alive = 75 * Mega;
        Assert.True(guard.IsShortForMessages());
        Assert.False(guard.IsShortForResponses());
        _alive = 90 * Mega;
        Assert.True(guard.IsShortForResponses());
        _alive = 60 * Mega;
        Assert.False(guard.IsShortForMessages());
    }

    [Fact]
    public void IsShort_Garbage_IsCollectedOnceInAWhile()
    {
        var guard = Create(100);
        (_alive, _garbage) = (60 * Mega, 20 * Mega);
        Assert.False(guard.IsShortForMessages());
        _garbage = 20 * Mega;
        Assert.True(guard.IsShortForMessages()); // a collection for each message would be all that the process does
        _time.Advance(MemoryGuard.MessagePause);
        Assert.False(guard.IsShortForMessages());
        Assert.Equal(2, _collections);
    }

    // A heap of gigabytes takes a second to collect, in which everything stands still.
    [Fact]
    public void IsShort_CollectionThatTakesLong_IsMadeInATenthOfTheTimeAtMost()
    {
        var guard = Create(100);
        _collectionTakes = TimeSpan.FromSeconds(1);
        _alive = 99 * Mega;
        var start = Timestamp.Now(_time);
        while (start.Elapsed(_time) < TimeSpan.FromSeconds(110))
        {
            Assert.True(guard.IsShortForResponses());
            Assert.True(guard.IsShortForMessages());
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(_collections, 9, 11);
    }

    [Theory]
    [InlineData(32, 4)]
    [InlineData(1024, 64)]
    public void ForMessages_Limit_IsASixteenthAndAtLeastTwoOfTheLargest(int limit, int messages) =>
        Assert.Equal(messages * Mega, Create(limit).ForMessages);

    // It looks at every thirty-second.
    private static bool Ask(MemoryGuard guard)
    {
        var hasRoom = true;
        for (var i = 0; i < 32; i++)
        {
            hasRoom = guard.HasRoom();
        }

        return hasRoom;
    }

    private MemoryGuard Create(int limit) => new(limit * Mega, () => _alive + _garbage, Collect, _time);

    private void Collect()
    {
        _garbage = 0;
        _collections++;
        _time.Advance(_collectionTakes);
    }
}
