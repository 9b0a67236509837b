using System.Collections.Immutable;
using System.Text;
using Zmtp.Limits;
using Zmtp.Security;
using Zmtp.Wire;

namespace Zmtp.Listening;

/// <summary>
/// The server's side of one conversation, without I/O: greeting, security handshake, then messages to a sink. It says what it is only after
/// the peer has: a PULL to a PUSH, a ROUTER to a DEALER, a SUB to a PUB. After an error it must not be used again. Not thread-safe.
/// </summary>
internal sealed class ServerSession : IFrameSink, IContentSink, IServerOutput
{
    private const int PingTtlSize = 2;
    private const int MaxPingContext = 16;
    private const int CommandWork = 100;
    private const byte SubscribeFlag = 1;

    private readonly ListenerSecurity _security;
    private readonly ListenerLimits _limits;
    private readonly byte[] _topic;
    private readonly IByteOutput _output;
    private readonly IServerSink _sink;
    private readonly FrameDecoder _decoder;
    private readonly MessageBuilder _message;
    private readonly Lock _greetingLock = new();
    private bool _isOursComplete;
    private byte[]? _greeting = new byte[Greeting.Length];
    private int _greeted;
    private int _minor;
    private int _frames;
    private int _work;
    private ServerMechanism? _mechanism;
    private ITraffic _traffic = ClearTraffic.Instance;

    /// <param name="security">Mechanism, and whom it lets in.</param>
    /// <param name="limits">What the peer may take.</param>
    /// <param name="topic">What a PUB is asked for.</param>
    /// <param name="output">Where to.</param>
    /// <param name="sink">Takes what comes.</param>
    /// <param name="buffers">Bounds what incomplete messages hold, or null.</param>
    public ServerSession(ListenerSecurity security, ListenerLimits limits, byte[] topic, IByteOutput output, IServerSink sink, BufferBudget? buffers = null)
    {
        _security = security;
        _limits = limits;
        _topic = topic;
        _output = output;
        _sink = sink;
        _decoder = new FrameDecoder(this, buffers);
        _message = new MessageBuilder(limits.MaxMessageSize, buffers);
    }

    /// <summary>Whether the handshake is done.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Who the peer has proved to be, as far as it has; null for NULL.</summary>
    public ListenerIdentity? Identity { get; private set; }

    /// <summary>The peer's socket type; null before it has said it.</summary>
    public string? PeerType { get; private set; }

    /// <summary>Whether it announced ZMTP 3.1 or later: nobody else gets a PING.</summary>
    public bool CanPing => IsOpen && _minor >= 1;

    /// <summary>Sends the first part of the greeting: a client that has seen all of it closes when the mechanism is not its own, and nobody learns why.</summary>
    public void Start()
    {
        Span<byte> greeting = stackalloc byte[Greeting.Length];
        Greeting.WriteServer(greeting, _security.Mechanism);
        _output.Send(greeting[..Greeting.FirstPartLength]);
    }

    /// <summary>Sends the rest of it, unless that was done: for peers that wait for all of it. Thread-safe.</summary>
    public void CompleteGreeting()
    {
        lock (_greetingLock)
        {
            if (!_isOursComplete)
            {
                _isOursComplete = true;
                Span<byte> greeting = stackalloc byte[Greeting.Length];
                Greeting.WriteServer(greeting, _security.Mechanism);
                _output.Send(greeting[Greeting.FirstPartLength..]);
            }
        }
    }

    /// <summary>Sends a PING with a TTL of 0: any other makes the peer close the connection after it. Thread-safe; only where <see cref="CanPing"/>.</summary>
    /// <param name="context">At most 16 bytes, which the PONG brings back.</param>
    public void SendPing(ReadOnlySpan<byte> context)
    {
        byte[] data = [0, 0, .. context];
        _traffic.SendCommand(_output, CommandNames.Ping, data);
    }

    /// <summary>Takes what the peer sent.</summary>
    /// <returns>Why the conversation is over, or null.</returns>
    public ZmtpError? Receive(ReadOnlySpan<byte> bytes)
    {
        if (_greeting is not null && ReceiveGreeting(ref bytes) is { } error)
        {
            return error;
        }

        error = _greeting is null ? _decoder.Decode(bytes) : null;
        if (error is not null && !IsOpen && Reason(error) is { } reason)
        {
            Span<byte> data = stackalloc byte[1 + byte.MaxValue];
            data[0] = (byte)Encoding.ASCII.GetBytes(reason, data[1..]);
            FrameWriter.SendCommand(_output, CommandNames.Error, data[..(1 + data[0])]);
        }

        return error;
    }

    /// <summary>How much work the peer has made since the last call, in frames; a command counts as a hundred, because it may want an answer.</summary>
    public int TakeWork()
    {
        var work = _work;
        _work = 0;
        return work;
    }

    /// <summary>Gives pooled memory back and wipes what is secret. The session must not be used afterwards.</summary>
    public void Release()
    {
        _decoder.Release();
        _message.Release();
        _mechanism?.Dispose();
        _mechanism = null;
        _traffic.Release();
    }

    /// <inheritdoc />
    int IFrameSink.MaxBodyLength(bool isCommand) => _traffic.MaxBodyLength(isCommand, this);

    /// <inheritdoc />
    ZmtpError? IFrameSink.OnFrame(bool isCommand, bool isMore, ReadOnlySpan<byte> body) => _traffic.Open(isCommand, isMore, body, this);

    /// <inheritdoc />
    int IContentSink.MaxContentLength(bool isCommand) => isCommand || !IsOpen ? _limits.MaxCommandSize : _message.Left;

    /// <inheritdoc />
    ZmtpError? IContentSink.OnContent(bool isCommand, bool isMore, ReadOnlySpan<byte> content)
    {
        _work += (isCommand ? CommandWork : 1) + _traffic.Work;
        if (!isCommand)
        {
            return IsOpen ? OnFrame(isMore, content) : new ZmtpError(ZmtpErrorCode.Protocol, "the peer sent a message before the end of the handshake");
        }

        if (!Command.TryParse(content, out var command))
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, $"the peer sent a malformed command: {Excerpt.Of(content)}");
        }

        if (command.Is(CommandNames.Error))
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, $"the peer ended the conversation: ERROR {command.ErrorReason()}");
        }

        return _mechanism is null ? OnTrafficCommand(command) : OnHandshakeCommand(_mechanism, command);
    }

    /// <inheritdoc />
    void IServerOutput.SendCommand(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => FrameWriter.SendCommand(_output, name, data);

    /// <inheritdoc />
    ZmtpError? IServerOutput.ExchangeMetadata(ReadOnlySpan<byte> peer, out byte[] ours)
    {
        ours = [];
        if (!Metadata.TryParse(peer, out var properties))
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, "the peer's properties are malformed");
        }

        PeerType = properties.GetValueOrDefault(Metadata.SocketTypeName);
        SocketType? type = PeerType switch
        {
            "PUSH" => SocketType.Pull,
            "DEALER" => SocketType.Router,
            "PUB" or "XPUB" => SocketType.Sub,
            _ => null,
        };
        if (type is not { } fitting)
        {
            return new ZmtpError(
                ZmtpErrorCode.SocketType, $"the peer is {(PeerType is null ? "a socket without a type" : $"a {PeerType}")}, and PUSH, DEALER and PUB are what may come here");
        }

        ours = Metadata.ForClient(fitting);
        return null;
    }

    private ZmtpError? ReceiveGreeting(ref ReadOnlySpan<byte> bytes)
    {
        var take = Math.Min(bytes.Length, Greeting.Length - _greeted);
        bytes[..take].CopyTo(_greeting.AsSpan(_greeted));
        bytes = bytes[take..];
        _greeted += take;
        if (Greeting.Check(_greeting.AsSpan(0, _greeted)) is { } error)
        {
            return error;
        }

        if (_greeted < Greeting.Length)
        {
            return null;
        }

        var isName = Greeting.TryReadMechanism(_greeting, out var mechanism);
        _minor = _greeting![10] > 3 ? byte.MaxValue : _greeting[11];
        _greeting = null;
        _mechanism = _security.CreateServer();
        if (!isName || mechanism != _security.Mechanism)
        {
            return isName ? new ZmtpError(ZmtpErrorCode.Mechanism, $"the peer offers {mechanism}, and this listener asks for {_security.Mechanism}")
                : new ZmtpError(ZmtpErrorCode.Protocol, "the mechanism in the peer's greeting is not a name");
        }

        CompleteGreeting();
        return null;
    }

    private ZmtpError? OnHandshakeCommand(ServerMechanism mechanism, Command command)
    {
        var error = mechanism.OnCommand(command, this);
        Identity = mechanism.Identity;
        if (error is not null || !mechanism.IsReady)
        {
            return error;
        }

        _traffic = mechanism.TakeTraffic();
        mechanism.Dispose();
        _mechanism = null;
        IsOpen = true;
        if (PeerType is "PUB" or "XPUB")
        {
            Subscribe();
        }

        return _sink.OnOpened();
    }

    // As a client does: those of 3.1 may ignore the message, those of 3.0 do not know the command.
    private void Subscribe()
    {
        if (_minor >= 1)
        {
            _traffic.SendCommand(_output, CommandNames.Subscribe, _topic);
        }
        else
        {
            _traffic.Send(_output, ZmtpMessage.FromFrames([SubscribeFlag, .. _topic]), delimited: false);
        }
    }

    private ZmtpError? OnFrame(bool isMore, ReadOnlySpan<byte> content)
    {
        if (++_frames > _limits.MaxFrames)
        {
            return new ZmtpError(ZmtpErrorCode.TooLarge, $"the peer sent a message of more than {_limits.MaxFrames} frames");
        }

        if (_message.Add(content, isLast: !isMore) is { } message)
        {
            _frames = 0;
            _sink.OnMessage(message);
            _message.Delivered();
        }

        return null;
    }

    private ZmtpError? OnTrafficCommand(Command command)
    {
        if (command.Is(CommandNames.Ping))
        {
            var context = command.Data.Length <= PingTtlSize ? [] : command.Data[PingTtlSize..];
            _traffic.SendCommand(_output, CommandNames.Pong, context[..Math.Min(context.Length, MaxPingContext)]);
        }
        else if (command.Is(CommandNames.Pong))
        {
            _sink.OnPong(command.Data);
        }

        // Any other command belongs to a pattern that we do not take part in: RFC 37 says to ignore it.
        return null;
    }

    // The codes are those of ZAP (RFC 27). Who does not speak ZMTP, or another mechanism, would not understand it.
    private static string? Reason(ZmtpError error) => error.Code switch
    {
        ZmtpErrorCode.Auth => "400",
        ZmtpErrorCode.SocketType => "Invalid socket type",
        _ => null,
    };
}
