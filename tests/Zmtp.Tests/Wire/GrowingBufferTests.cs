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
}
