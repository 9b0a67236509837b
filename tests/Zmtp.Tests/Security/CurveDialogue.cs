using System.Text;
using Zmtp.Fuzz;
using Zmtp.Security;
using Zmtp.Tests.Support;
using Zmtp.Wire;

namespace Zmtp.Tests.Security;

/// <summary>A session of ours against a <see cref="CurveServer"/>, without sockets.</summary>
internal sealed class CurveDialogue : ISessionOutput, IFrameReceiver, IFrameSink
{
    public static readonly byte[] RepMetadata = [11, .. "Socket-Type"u8, 0, 0, 0, 3, .. "REP"u8];

    private readonly FrameDecoder _decoder;
    private readonly List<byte> _sent = [];
    private int _greetingLeft = Greeting.Length;

    public CurveDialogue(ZmtpOptions? options = null, ZmtpSecurity? security = null, bool byFrame = false)
    {
        _decoder = new FrameDecoder(this);
        options = (options ?? new ZmtpOptions { SocketType = SocketType.Req }) with { Security = security ?? ZmtpSecurity.Curve(Server.Keys.PublicKey, Client) };
        Session = new ZmtpSession(options, this, byFrame ? this : new CallbackReceiver(options, buffers: null, OnMessage));
        Session.Start();
        Mechanism = (security?.Mechanism ?? "CURVE");
    }

    public CurveServer Server { get; } = new();

    public CurveKeyPair Client { get; } = CurveKeyPair.Generate();

    public ZmtpSession Session { get; }

    public string Mechanism { get; }

    /// <summary>Bodies of the frames that we sent and nobody took, and whether each was a command.</summary>
    public Queue<(bool IsCommand, byte[] Body)> Frames { get; } = new();

    public List<string[]> Messages { get; } = [];

    public List<byte[]> Pongs { get; } = [];

    /// <summary>Number, length and whether it is the last, of the frames that came one by one.</summary>
    public List<(int Number, int Length, bool IsLast)> SingleFrames { get; } = [];

    public PeerInfo? Peer { get; private set; }

    /// <summary>What the server says of itself in its READY.</summary>
    public byte[] Metadata { get; init; } = RepMetadata;

    /// <summary>The major version that the server announces.</summary>
    public byte Major { get; init; } = 3;

    /// <summary>The minor version that the server announces.</summary>
    public byte Minor { get; init; } = 1;

    /// <summary>Sends the server's greeting.</summary>
    public ZmtpError? Greet()
    {
        var greeting = new byte[Greeting.Length];
        Greeting.Write(greeting, Mechanism);
        greeting[7] = 0; // with our own padding it would be our greeting, sent back
        greeting[10] = Major;
        greeting[11] = Minor;
        return Session.Receive(greeting);
    }

    /// <summary>Greets and returns our HELLO.</summary>
    public byte[] Hello()
    {
        Assert.Null(Greet());
        return Frames.Dequeue().Body;
    }

    /// <summary>Goes on to our INITIATE.</summary>
    public byte[] Initiate()
    {
        var hello = Hello();
        Assert.Null(Command(Server.Welcome(hello)));
        return Frames.Dequeue().Body;
    }

    /// <summary>Completes the handshake.</summary>
    public CurveDialogue Open()
    {
        var initiate = Initiate();
        Assert.Null(Command(Server.Ready(initiate, Metadata)));
        Assert.NotNull(Peer);
        return this;
    }

    public ZmtpError? Command(byte[] body) => Session.Receive(Frame(body, command: true));

    public ZmtpError? Plain(byte[] body) => Session.Receive(Frame(body, command: false));

    public ZmtpError? Message(byte flags, ReadOnlySpan<byte> content) => Plain(Server.Message(flags, content));

    public static byte[] Frame(byte[] body, bool command)
    {
        var frame = new byte[FrameHeader.MaxSize + body.Length];
        var header = FrameHeader.Write(frame, body.Length, more: false, command);
        body.CopyTo(frame, header);
        return frame[..(header + body.Length)];
    }

    void IByteOutput.Send(ReadOnlySpan<byte> bytes)
    {
        _sent.AddRange(bytes);
        var skip = Math.Min(_greetingLeft, bytes.Length);
        _greetingLeft -= skip;
        Assert.Null(_decoder.Decode(bytes[skip..]));
    }

    void ISessionOutput.OnOpened(PeerInfo peer) => Peer = peer;

    int? IFrameReceiver.MaxLength => null;

    int IFrameReceiver.KeptLength(int number) => 0;

    ZmtpError? IFrameReceiver.OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        SingleFrames.Add((number, length, isLast));
        return null;
    }

    void ISessionOutput.OnPong(ReadOnlySpan<byte> context) => Pongs.Add(context.ToArray());

    int IFrameSink.MaxBodyLength(bool isCommand) => int.MaxValue;

    ZmtpError? IFrameSink.OnFrame(bool isCommand, bool isMore, ReadOnlySpan<byte> body)
    {
        Assert.False(isMore);
        Frames.Enqueue((isCommand, body.ToArray()));
        return null;
    }

    private void OnMessage(ZmtpMessage message) =>
        Messages.Add([.. Enumerable.Range(0, message.FrameCount).Select(i => Encoding.Latin1.GetString(message[i]))]);
}
