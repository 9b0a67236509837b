using CsCheck;
using Zmtp.Tests.Support;
using Zmtp.Wire;

namespace Zmtp.Tests.Wire;

public sealed class MessageBuilderTests
{
    [Fact]
    public void Add_FramesOfAnySize_ComeOutAsTheyWentIn() =>
        Gen.Byte.Array[0, 700].Array[1, 12].Array[1, 3].Sample(messages =>
        {
            var builder = new MessageBuilder(1 << 20);
            foreach (var frames in messages)
            {
                ZmtpMessage? message = null;
                for (var i = 0; i < frames.Length; i++)
                {
                    Assert.Null(message);
                    message = builder.Add(frames[i], i == frames.Length - 1);
                }

                Assert.NotNull(message);
                Assert.Equal(frames.Length, message.FrameCount);
                Assert.Equal(frames.Sum(frame => frame.Length), message.Length);
                for (var i = 0; i < frames.Length; i++)
                {
                    Assert.Equal(frames[i], message[i].ToArray());
                }

                Assert.True(builder.IsEmpty);
                Assert.Equal(1 << 20, builder.Left);
            }
        });

    [Fact]
    public void Left_ShrinksWithEachFrame_AndIsWholeAfterTheMessage()
    {
        var builder = new MessageBuilder(10);
        builder.Add(new byte[7], isLast: false);
        Assert.Equal(3, builder.Left);
        builder.Add(new byte[3], isLast: false);
        Assert.Equal(0, builder.Left);
        builder.Release();
        Assert.Equal(10, builder.Left);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Add_LargeMessage_CountsUntilItWasDelivered(int frames)
    {
        var budget = new BufferBudget { Limit = 2_500_000 };
        var builder = new MessageBuilder(1 << 20, budget);
        ZmtpMessage? message = null;
        for (var i = 1; i <= frames; i++)
        {
            message = builder.Add(new byte[900_000 / frames], isLast: i == frames);
        }

        Assert.NotNull(message);
        Assert.Equal(900_000, budget.InUse);
        builder.Delivered();
        Assert.Equal(0, budget.InUse);
    }

    [Fact]
    public void Add_NoRoomForTheMessage_Throws()
    {
        var budget = new BufferBudget { Limit = 100_000 };
        var builder = new MessageBuilder(1 << 20, budget);
        Assert.Throws<InsufficientMemoryException>(() => builder.Add(new byte[200_000], isLast: true));
        builder.Release();
        Assert.Equal(0, budget.InUse);
    }

    [Fact]
    public void Receive_EndlessMoreFrames_EndsWithTooLarge()
    {
        var output = new RecordingOutput();
        var session = TestSession.Create(new ZmtpOptions { SocketType = SocketType.Dealer }, output);
        Assert.Null(session.Receive([.. PeerBytes.Greeting(), .. PeerBytes.Ready("ROUTER")]));
        ZmtpError? error = null;
        var frames = 0;
        while (error is null)
        {
            Assert.InRange(++frames, 1, 1025);
            error = session.Receive(PeerBytes.Frame(PeerBytes.More, []));
        }

        Assert.Equal(ZmtpErrorCode.TooLarge, error.Code);
        Assert.Contains("1024 frames", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketType.Dealer, "ROUTER")]
    [InlineData(SocketType.Req, "REP")] // whose delimiter is no frame of the message
    public void Receive_AsManyFramesAsAreAllowed_IsAMessage(SocketType type, string peer)
    {
        var output = new RecordingOutput();
        var session = TestSession.Create(new ZmtpOptions { SocketType = type, MaxFrames = 3 }, output);
        byte[][] delimiter = type == SocketType.Req ? [PeerBytes.Frame(PeerBytes.More, [])] : [];
        byte[] more = [.. PeerBytes.Frame(PeerBytes.More, "a"u8), .. PeerBytes.Frame(PeerBytes.More, "b"u8)];
        byte[] start = [.. delimiter.SelectMany(bytes => bytes), .. more];

        Assert.Null(session.Receive([.. PeerBytes.Greeting(), .. PeerBytes.Ready(peer), .. start, .. PeerBytes.Frame(0, "c"u8)]));
        Assert.Equal(3, Assert.Single(output.Messages).FrameCount);
        Assert.Equal(ZmtpErrorCode.TooLarge, session.Receive([.. start, .. PeerBytes.Frame(PeerBytes.More, "c"u8), .. PeerBytes.Frame(0, "d"u8)])?.Code);
    }

    [Fact]
    public void Receive_MessageAboveTheBoundInSeveralFrames_IsTooLarge()
    {
        var session = TestSession.Create(new ZmtpOptions { SocketType = SocketType.Dealer, MaxMessageSize = 100 }, new RecordingOutput());
        Assert.Null(session.Receive([.. PeerBytes.Greeting(), .. PeerBytes.Ready("ROUTER"), .. PeerBytes.Frame(PeerBytes.More, new byte[60])]));
        Assert.Equal(ZmtpErrorCode.TooLarge, session.Receive(PeerBytes.Frame(0, new byte[41]))?.Code);
    }
}
