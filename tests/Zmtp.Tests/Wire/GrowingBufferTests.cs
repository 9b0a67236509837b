using Zmtp.Tests.Support;
using Zmtp.Wire;

namespace Zmtp.Tests.Wire;

public sealed class GrowingBufferTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Append_AnySizes_AreThereInTheirOrderAndCounted(bool keepsLarge)
    {
        var budget = new BufferBudget { KeepsLarge = keepsLarge };
        var buffer = new GrowingBuffer(budget);
        var expected = new byte[300_000];
        new Random(1).NextBytes(expected);
        var start = 0;
        foreach (var end in (int[])[10, 10, 5_000, 70_000, 300_000])
        {
            buffer.Append(expected.AsSpan(start, end - start));
            start = end;
        }

        Assert.Equal(expected, buffer.Written);
        Assert.InRange(budget.InUse, 300_000, 600_000);
        buffer.Release();
        Assert.Equal((0, 0L), (buffer.Length, budget.InUse));
    }

    [Fact]
    public void Append_SmallOnes_AreNotCounted()
    {
        var buffer = new GrowingBuffer(new BufferBudget { Limit = 0 });
        buffer.Append(new byte[4096]);
        Assert.Equal(4096, buffer.Length);
    }

    [Fact]
    public void Append_NothingLeftForAll_ThrowsAndTheOthersGoOn()
    {
        var budget = new BufferBudget { Limit = 100_000 };
        var first = new GrowingBuffer(budget);
        var second = new GrowingBuffer(budget);
        first.Append(new byte[60_000]);
        Assert.Throws<InsufficientMemoryException>(() => second.Append(new byte[60_000]));
        second.Release();
        Assert.Equal(60_000, budget.InUse);
        first.Release();
        second.Append(new byte[60_000]);
        Assert.Equal(60_000, second.Length);
    }

    [Fact]
    public void Append_MoreThanThereIs_DoublesAndThenUsesAllOfIt()
    {
        var budget = new BufferBudget { KeepsLarge = false };
        var buffer = new GrowingBuffer(budget);
        buffer.Append(new byte[50_000]);
        Assert.Equal(50_000, budget.InUse);
        buffer.Append(new byte[20_000]);
        Assert.Equal(100_000, budget.InUse);
        buffer.Append(new byte[30_000]); // full to the last byte
        Assert.Equal(100_000, budget.InUse);
        buffer.Append(new byte[1]);
        Assert.Equal(200_000, budget.InUse);
        buffer.Release();
    }

    [Fact]
    public void Release_Twice_CountsEachUseOnce()
    {
        var budget = new BufferBudget();
        var buffer = new GrowingBuffer(budget);
        for (var use = 0; use < 2; use++)
        {
            buffer.Append(new byte[5_000]);
            Assert.Equal(5_000, budget.InUse); // nothing is left of the first use, or it would not count
            buffer.Release();
            Assert.Equal(0, budget.InUse);
        }
    }

    [Theory]
    [InlineData(100, true, true)]
    [InlineData(100, false, true)]
    [InlineData(100, null, true)]
    [InlineData(65_535, false, true)]
    [InlineData(65_536, true, true)]
    [InlineData(65_536, null, true)]
    [InlineData(65_536, false, false)] // from here on the array would stay with the pool for long
    [InlineData(65_537, false, false)]
    public void Append_AnySize_RentsAndGivesBackUnlessLargeOnesAreNotKept(int size, bool? keepsLarge, bool rents)
    {
        var budget = keepsLarge is { } keeps ? new BufferBudget { KeepsLarge = keeps } : null;
        Assert.Equal(rents, SharedPool.IsUsed(size, next =>
        {
            var buffer = new GrowingBuffer(budget);
            buffer.Append(new byte[size]);
            var isRented = buffer.Written.Overlaps(next);
            buffer.Release();
            return isRented;
        }));
    }

    [Fact]
    public void Append_MoreThanThereIs_GivesTheSmallerArrayBack() => Assert.True(SharedPool.IsUsed(100, next =>
    {
        var buffer = new GrowingBuffer(budget: null);
        buffer.Append(new byte[100]);
        var isRented = buffer.Written.Overlaps(next);
        buffer.Append(new byte[10_000]);
        var isGivenBack = ReferenceEquals(next, SharedPool.Next(100));
        buffer.Release();
        return isRented && isGivenBack;
    }));

    [Fact]
    public void Receive_MemoryIsShort_NoConnectionHoldsMoreThanASmallPiece()
    {
        var isShort = false;
        var budget = new BufferBudget { IsShort = () => isShort };
        var session = TestSession.Create(new ZmtpOptions { SocketType = SocketType.Dealer }, new RecordingOutput(), budget);
        session.Receive(PeerBytes.Greeting());
        session.Receive(PeerBytes.Ready("ROUTER"));
        Assert.Null(session.Receive([.. PeerBytes.HeaderOf(0, 500_000), .. new byte[100_000]]));
        isShort = true;
        Assert.Throws<InsufficientMemoryException>(() => session.Receive(new byte[399_000]));
        session.Release();
        Assert.Equal(0, budget.InUse);
    }

    [Fact]
    public void Append_MostIsKnown_MakesNoRoomForMore()
    {
        var budget = new BufferBudget();
        var buffer = new GrowingBuffer(budget);
        for (var i = 0; i < 100; i++)
        {
            buffer.Append(new byte[30_000], most: 3_000_000);
            Assert.InRange(budget.InUse, 30_000, Math.Min(2 * buffer.Length, 3_000_000));
        }

        buffer.Release();
    }

    [Fact]
    public void Append_MoreThanTwoMebibytes_AreNotRented() => Assert.False(SharedPool.IsUsed((2 << 20) + 1, next =>
    {
        var buffer = new GrowingBuffer(budget: null);
        buffer.Append(new byte[(2 << 20) + 1]);
        var isRented = buffer.Written.Overlaps(next);
        buffer.Release();
        return isRented;
    }));
}
