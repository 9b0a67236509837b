using CsCheck;
using Zmtp.Tests.Support;
using Zmtp.Wire;

namespace Zmtp.Tests.Wire;

public sealed class MessageBuilderTests
{
    [Fact]
    public void TryAdd_FramesOfAnySize_ComeOutAsTheyWentIn() =>
        Gen.Byte.Array[0, 700].Array[1, 12].Array[1, 3].Sample(messages =>
        {
            var builder = new MessageBuilder(1 << 20, 12);
            foreach (var frames in messages)
            {
                ZmtpMessage? message = null;
                for (var i = 0; i < frames.Length; i++)
                {
                    Assert.Null(message);
                    Assert.True(builder.TryAdd(frames[i], i < frames.Length - 1, out message));
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
    public void TryAdd_TooManyFrames_IsRefused()
    {
        var builder = new MessageBuilder(100, 3);
        Assert.True(builder.TryAdd([], more: true, out _));
        Assert.True(builder.TryAdd([], more: true, out _));
        Assert.True(builder.TryAdd([], more: true, out _));
        Assert.False(builder.TryAdd([], more: true, out _));
        Assert.False(builder.TryAdd([], more: false, out var message));
        Assert.Null(message);
    }

    [Fact]
    public void Left_ShrinksWithEachFrame_AndIsWholeAfterTheMessage()
    {
        var builder = new MessageBuilder(10, 5);
        builder.TryAdd(new byte[7], more: true, out _);
        Assert.Equal(3, builder.Left);
        builder.TryAdd(new byte[3], more: true, out _);
        Assert.Equal(0, builder.Left);
        builder.Release();
        Assert.Equal(10, builder.Left);
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

    [Fact]
    public void Receive_MessageAboveTheBoundInSeveralFrames_IsTooLarge()
    {
        var session = TestSession.Create(new ZmtpOptions { SocketType = SocketType.Dealer, MaxMessageSize = 100 }, new RecordingOutput());
        Assert.Null(session.Receive([.. PeerBytes.Greeting(), .. PeerBytes.Ready("ROUTER"), .. PeerBytes.Frame(PeerBytes.More, new byte[60])]));
        Assert.Equal(ZmtpErrorCode.TooLarge, session.Receive(PeerBytes.Frame(0, new byte[41]))?.Code);
    }
}
