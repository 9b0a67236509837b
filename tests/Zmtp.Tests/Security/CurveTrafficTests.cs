using CsCheck;
using Zmtp.Security;

namespace Zmtp.Tests.Security;

public sealed class CurveTrafficTests
{
    private const byte More = 1;
    private const byte IsACommand = 2;

    [Fact]
    public void Send_Message_EachFrameTravelsInABoxOfItsOwn()
    {
        var dialogue = new CurveDialogue().Open();

        dialogue.Session.Send(ZmtpMessage.FromText("one", "two"));

        Assert.All(dialogue.Frames, frame => Assert.False(frame.IsCommand)); // as libzmq and NetMQ do it
        var opened = dialogue.Frames.Select(frame => dialogue.Server.Open(frame.Body)).ToList();
        Assert.Equal([More, More, 0], opened.Select(frame => frame.Flags));
        Assert.Equal([[], [.. "one"u8], [.. "two"u8]], opened.Select(frame => frame.Content));
    }

    [Fact]
    public void Send_AnyLength_OpensToTheSameBytes()
    {
        var dialogue = new CurveDialogue(new ZmtpOptions { SocketType = SocketType.Dealer });
        dialogue.Open();

        foreach (var length in Enumerable.Range(0, 300).Append(70_000))
        {
            var content = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
            dialogue.Session.Send(ZmtpMessage.FromFrames(content));
            Assert.Equal(content, dialogue.Server.Open(dialogue.Frames.Dequeue().Body).Content);
        }
    }

    [Fact]
    public void Receive_AnyLength_OpensToTheSameBytes()
    {
        var dialogue = new CurveDialogue(new ZmtpOptions { SocketType = SocketType.Dealer });
        dialogue.Open();

        foreach (var length in Enumerable.Range(0, 300).Append(70_000))
        {
            var content = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
            Assert.Null(dialogue.Message(0, content));
            Assert.Equal(content, System.Text.Encoding.Latin1.GetBytes(Assert.Single(dialogue.Messages)[0]));
            dialogue.Messages.Clear();
        }
    }

    [Fact]
    public void Send_ManyThreads_NumbersGoOutInTheirOrder()
    {
        var dialogue = new CurveDialogue(new ZmtpOptions { SocketType = SocketType.Dealer });
        dialogue.Open();

        Parallel.For(0, 400, i =>
        {
            if (i % 2 == 0)
            {
                dialogue.Session.Send(ZmtpMessage.FromText("text", "more"));
            }
            else
            {
                dialogue.Session.SendPing([1]);
            }
        });

        Assert.Equal(600, dialogue.Frames.Count);
        Assert.All(dialogue.Frames, frame => dialogue.Server.Open(frame.Body)); // which checks the order
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // RFC 26 calls it a command, the libraries send it as none
    public void Receive_Message_ArrivesWhicheverWayItIsFramed(bool asCommand)
    {
        var dialogue = new CurveDialogue().Open();
        foreach (var (flags, content) in new[] { (More, ""), (More, "one"), ((byte)0, "two") })
        {
            var body = dialogue.Server.Message(flags, System.Text.Encoding.ASCII.GetBytes(content));
            Assert.Null(asCommand ? dialogue.Command(body) : dialogue.Plain(body));
        }

        Assert.Equal(["one", "two"], Assert.Single(dialogue.Messages));
    }

    [Fact]
    public void Ping_EitherWay_TravelsInABox()
    {
        var dialogue = new CurveDialogue().Open();

        dialogue.Session.SendPing([1, 2, 3]);
        AssertCommand([.. "\x04PING\0\0"u8, 1, 2, 3]);
        Assert.Null(dialogue.Message(IsACommand, [.. "\x04PONG"u8, 1, 2, 3]));
        Assert.Equal([1, 2, 3], Assert.Single(dialogue.Pongs));

        Assert.Null(dialogue.Message(IsACommand, [.. "\x04PING\0\x0A"u8, 9]));
        AssertCommand([.. "\x04PONG"u8, 9]);
        Assert.Null(dialogue.Message(IsACommand, [.. "\x07UNKNOWN"u8])); // RFC 37: ignored
        Assert.Empty(dialogue.Frames);

        void AssertCommand(byte[] body)
        {
            var (flags, content) = dialogue.Server.Open(dialogue.Frames.Dequeue().Body);
            Assert.Equal(IsACommand, flags);
            Assert.Equal(body, content);
        }
    }

    [Fact]
    public void Receive_RepeatedOrOldNumber_IsAProtocolError()
    {
        var dialogue = new CurveDialogue().Open();
        var message = dialogue.Server.Message(More, []);
        Assert.Null(dialogue.Plain(message));

        var error = dialogue.Plain(message);

        Assert.Equal(ZmtpErrorCode.Protocol, error?.Code);
        Assert.Contains("repetition", error!.Message, StringComparison.Ordinal);
        var other = new CurveDialogue().Open();
        other.Server.Nonce = 1; // that of READY
        Assert.Equal(ZmtpErrorCode.Protocol, other.Message(More, [])?.Code);
        var last = new CurveDialogue().Open();
        last.Server.Nonce = ulong.MaxValue;
        Assert.Null(last.Message(More, []));
        Assert.Equal(ZmtpErrorCode.Protocol, last.Message(0, [])?.Code);
    }

    [Theory]
    [InlineData(3)] // a command never goes on
    [InlineData(4)]
    [InlineData(0x80)]
    public void Receive_UnknownFlags_IsAProtocolError(byte flags) =>
        Assert.Equal(ZmtpErrorCode.Protocol, new CurveDialogue().Open().Message(flags, "text"u8)?.Code);

    [Fact]
    public void Receive_InClear_IsAProtocolError()
    {
        foreach (var body in new byte[][] { [], [.. "text"u8], [.. "\x04PING\0\0"u8], [.. "\x05ERROR\x03"u8, .. "400"u8], [.. "\x07MESSAGE"u8], [.. "\x07MESSAGE"u8, .. new byte[24]] })
        {
            Assert.Equal(ZmtpErrorCode.Protocol, new CurveDialogue().Open().Plain(body)?.Code);
            Assert.Equal(ZmtpErrorCode.Protocol, new CurveDialogue().Open().Command(body)?.Code);
        }
    }

    [Fact]
    public void Receive_FrameByFrame_LimitIsThatOfABoxAndNotOfAMessage()
    {
        var options = new ZmtpOptions { SocketType = SocketType.Dealer, MaxMessageSize = 1000, MaxCommandSize = 300, MaxBoxedFrameSize = 5000 };
        var dialogue = new CurveDialogue(options, byFrame: true).Open();

        Assert.Null(dialogue.Message(More, new byte[5000]) ?? dialogue.Message(0, new byte[4000]));

        Assert.Equal([(0, 5000, false), (1, 4000, true)], dialogue.SingleFrames);
        Assert.Equal(ZmtpErrorCode.TooLarge, dialogue.Message(0, new byte[5001])?.Code);
    }

    [Fact]
    public void Receive_MalformedCommandInABox_IsAProtocolError() =>
        Assert.Equal(ZmtpErrorCode.Protocol, new CurveDialogue().Open().Message(IsACommand, [])?.Code);

    [Fact]
    public void Receive_AboveTheBounds_IsTooLarge()
    {
        var options = new ZmtpOptions { SocketType = SocketType.Dealer, MaxMessageSize = 1000, MaxCommandSize = 300, MaxFrames = 3 };

        Assert.Null(Open(options).Message(0, new byte[1000]));
        Assert.Equal(ZmtpErrorCode.TooLarge, Open(options).Message(0, new byte[1001])?.Code);
        Assert.Equal(ZmtpErrorCode.TooLarge, Open(options).Message(IsACommand, new byte[301])?.Code);
        var grown = Open(options);
        Assert.Null(grown.Message(More, new byte[600]));
        Assert.Equal(ZmtpErrorCode.TooLarge, grown.Message(0, new byte[401])?.Code);
        var many = Open(options);
        Assert.Null(many.Message(More, []) ?? many.Message(More, []) ?? many.Message(More, []));
        Assert.Equal(ZmtpErrorCode.TooLarge, many.Message(More, [])?.Code);
        Assert.Equal(ZmtpErrorCode.TooLarge, Open(options).Session.Receive([2, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])?.Code);
        var largest = Open(options with { MaxMessageSize = int.MaxValue });
        Assert.Null(largest.Message(0, "text"u8));
    }

    [Fact]
    public void Send_AfterRelease_SendsNothing()
    {
        var dialogue = new CurveDialogue().Open();
        var message = dialogue.Server.Message(0, "text"u8);

        dialogue.Session.Release();
        dialogue.Session.Send(ZmtpMessage.FromText("secret"));
        dialogue.Session.SendPing([1]);

        Assert.Empty(dialogue.Frames);
        Assert.Equal(ZmtpErrorCode.Protocol, dialogue.Plain(message)?.Code);
    }

    /// <summary>Any byte of the server's changed, cut off or added, at any point: an error, never an exception, and never another message.</summary>
    [Fact]
    public void Receive_AnyMutation_IsAnErrorAndNoMessageOrNoDifference() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 300], Gen.Byte, Gen.Int[0, 3]).Sample(
            (step, position, value, kind) =>
            {
                var dialogue = new CurveDialogue();
                var error = Mutated(step, 0, dialogue.Server.Welcome(dialogue.Hello()), command: true);
                if (error is null && dialogue.Frames.TryDequeue(out var initiate))
                {
                    error = Mutated(step, 1, dialogue.Server.Ready(initiate.Body, CurveDialogue.RepMetadata), command: true);
                }

                for (var i = 2; i < 5 && error is null && dialogue.Peer is not null; i++)
                {
                    error = Mutated(step, i, dialogue.Server.Message(i < 4 ? More : (byte)0, i == 2 ? [] : "text"u8), command: false);
                }

                Assert.All(dialogue.Messages, message => Assert.Equal(["text", "text"], message));
                Assert.DoesNotContain(dialogue.Client.ExportSecretKey(), error?.Message ?? "", StringComparison.Ordinal);
                dialogue.Session.Release();

                ZmtpError? Mutated(int at, int now, byte[] body, bool command)
                {
                    var frame = CurveDialogue.Frame(body, command);
                    var where = position % frame.Length;
                    return dialogue.Session.Receive(at != now ? frame : kind switch
                    {
                        0 => [.. frame[..where], value, .. frame[(where + 1)..]],
                        1 => frame[..Math.Max(1, where)], // a whole one that is missing cannot be noticed
                        2 => [.. frame[..where], value, .. frame[where..]],
                        _ => CurveDialogue.Frame([.. body[..(where % body.Length)], value], command),
                    });
                }
            },
            iter: 600);

    private static CurveDialogue Open(ZmtpOptions options) => new CurveDialogue(options).Open();
}
