using System.Globalization;
using System.Text;
using Zmtp.Wire;

namespace Zmtp.Fuzz;

/// <summary>Everything that a session did, as text, and whether it kept to what a client may send.</summary>
internal sealed class SessionRecord : ISessionOutput, IFrameReceiver, IFrameSink
{
    // Nothing else may ever go out: whatever a peer says, it cannot make us send a message or another command.
    private static readonly string[] OurCommands = ["READY", "HELLO", "INITIATE", "PONG"];

    private readonly StringBuilder _text = new();
    private readonly FrameDecoder _sent;
    private readonly bool _isEncrypted;
    private readonly bool _isByFrame;
    private int _greetingLeft = Greeting.Length;
    private bool _isOpen;

    public SessionRecord(bool isEncrypted = false, bool isByFrame = false)
    {
        _isEncrypted = isEncrypted;
        _isByFrame = isByFrame;
        _sent = new FrameDecoder(this);
    }

    /// <summary>What happened, in order; what we sent is in an order of its own, because that depends on the cuts.</summary>
    public string Text => _text.ToString();

    /// <summary>How many PONGs went out.</summary>
    public int Pongs { get; private set; }

    /// <summary>Bodies of the commands that went out.</summary>
    public Queue<byte[]> Commands { get; } = new();

    /// <summary>A session that is written down here.</summary>
    public ZmtpSession CreateSession(ZmtpOptions options) =>
        new(options, this, _isByFrame ? this : new CallbackReceiver(options, buffers: null, OnMessage));

    public void Note(string what) => _text.Append(what).Append('\n');

    void IByteOutput.Send(ReadOnlySpan<byte> bytes)
    {
        var skip = Math.Min(_greetingLeft, bytes.Length);
        _greetingLeft -= skip;
        Finding.Unless(_sent.Decode(bytes[skip..]) is null, "what we sent is no frame");
    }

    void ISessionOutput.OnOpened(PeerInfo peer)
    {
        _isOpen = true;
        Note($"opened {peer.VersionMajor}.{peer.VersionMinor} {peer.Mechanism} {peer.SocketType} {string.Join(',', peer.Metadata.Select(pair => $"{pair.Key}={pair.Value}"))}");
    }

    int? IFrameReceiver.MaxLength => null;

    int IFrameReceiver.KeptLength(int number) => number == 0 ? 8 : 0;

    ZmtpError? IFrameReceiver.OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        Finding.Unless(_isOpen && _isByFrame, "a frame that nobody may have");
        Finding.Unless(head.Length >= Math.Min(length, number == 0 ? 8 : 0), "less of a frame than was asked for");
        Note(string.Create(CultureInfo.InvariantCulture, $"frame {number} {length} {isLast} {Convert.ToHexString(head[..Math.Min(head.Length, number == 0 ? 8 : 0)])}"));
        return null;
    }

    void ISessionOutput.OnPong(ReadOnlySpan<byte> context) => Note($"pong {Convert.ToHexString(context)}");

    int IFrameSink.MaxBodyLength(bool isCommand) => int.MaxValue;

    ZmtpError? IFrameSink.OnFrame(bool isCommand, bool isMore, ReadOnlySpan<byte> body)
    {
        if (!isCommand)
        {
            Finding.Unless(_isEncrypted && _isOpen, "we sent a message");
            Pongs++; // in a box
            return null;
        }

        Finding.Unless(Command.TryParse(body, out var command), "we sent a malformed command");
        Finding.Unless(OurCommands.Contains(command.ToString()), $"we sent the command {command.ToString()}");
        Finding.Unless(_isOpen || !command.Is(CommandNames.Pong), "we sent a PONG before the end of the handshake");
        Pongs += command.Is(CommandNames.Pong) ? 1 : 0;
        Commands.Enqueue(body.ToArray());
        return null;
    }

    private void OnMessage(ZmtpMessage message)
    {
        Finding.Unless(_isOpen && !_isByFrame, "a message that nobody may have");
        Note($"message {string.Join('|', Enumerable.Range(0, message.FrameCount).Select(i => Convert.ToHexString(message[i])))}");
    }
}
