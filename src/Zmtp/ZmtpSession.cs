using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using Zmtp.Security;
using Zmtp.Wire;

namespace Zmtp;

/// <summary>
/// The client's side of one ZMTP 3.1 conversation (RFC 37) without I/O: bytes go in, bytes and events come out.
/// After an error it must not be used again. Not thread-safe, except that <see cref="Send"/> and <see cref="SendPing"/>
/// only write to the output and touch no state.
/// </summary>
internal sealed class ZmtpSession : IFrameSink, ISecurityOutput
{
    private const int MaxPingContext = 16; // RFC 37, "Heartbeats"
    private const int PingTtlSize = 2;

    private readonly ZmtpOptions _options;
    private readonly ISessionOutput _output;
    private readonly FrameDecoder _decoder;
    private readonly MessageBuilder _message;
    private readonly Lock _promptLock = new();
    private byte[]? _greeting = new byte[Greeting.Length];
    private int _greeted;
    private ClientMechanism? _mechanism;
    private string _peerMechanism = "";
    private int _peerMajor;
    private int _peerMinor;
    private ImmutableSortedDictionary<string, string>? _peerMetadata;
    private bool _delimited;

    public ZmtpSession(ZmtpOptions options, ISessionOutput output)
    {
        _options = options;
        _output = output;
        _decoder = new FrameDecoder(this);
        _message = new MessageBuilder(options.MaxMessageSize, options.MaxFrames);
    }

    /// <summary>How far the conversation has come.</summary>
    public SessionStage Stage { get; private set; }

    /// <summary>Whether all of our greeting is out.</summary>
    public bool IsGreetingComplete { get; private set; }

    /// <summary>Whether nothing of the handshake is held back any more.</summary>
    public bool HasPrompted { get; private set; }

    /// <summary>Sends the first part of the greeting.</summary>
    public void Start()
    {
        Span<byte> greeting = stackalloc byte[Greeting.Length];
        Greeting.Write(greeting, _options.Security.Mechanism);
        _output.Send(greeting[..Greeting.FirstPartLength]);
    }

    /// <summary>Stops waiting for the peer to go first: sends what is still held back of the greeting, or else of the handshake.</summary>
    /// <remarks>Thread-safe: a timer may call it while bytes come in. Who finds a part sent may rely on the bytes being out.</remarks>
    public void Prompt()
    {
        if (!IsGreetingComplete)
        {
            CompleteGreeting();
        }
        else
        {
            PromptMechanism();
        }
    }

    private void PromptMechanism()
    {
        lock (_promptLock)
        {
            if (!HasPrompted && _mechanism is { } mechanism)
            {
                HasPrompted = true;
                mechanism.Prompt(Metadata.ForClient(_options.SocketType), this);
            }
        }
    }

    private void CompleteGreeting()
    {
        lock (_promptLock)
        {
            if (IsGreetingComplete)
            {
                return;
            }

            IsGreetingComplete = true;
            Span<byte> greeting = stackalloc byte[Greeting.Length];
            Greeting.Write(greeting, _options.Security.Mechanism);
            _output.Send(greeting[Greeting.FirstPartLength..]);
        }
    }

    /// <summary>Takes what the peer sent.</summary>
    /// <returns>Why the conversation is over, or null.</returns>
    public ZmtpError? Receive(ReadOnlySpan<byte> bytes)
    {
        if (Stage == SessionStage.Greeting)
        {
            var error = ReceiveGreeting(ref bytes);
            if (error is not null || Stage == SessionStage.Greeting)
            {
                return error;
            }
        }

        return _decoder.Decode(bytes);
    }

    /// <summary>What it means that the peer ended the stream here.</summary>
    public ZmtpError EndOfStream()
    {
        // Text servers such as HTTP may close after less than the two bytes that tell them apart.
        if (Stage == SessionStage.Greeting)
        {
            return _greeted == 0
                ? new ZmtpError(ZmtpErrorCode.Disconnected, "the peer closed the connection before it said anything")
                : new ZmtpError(ZmtpErrorCode.Disconnected, $"the peer closed the connection in its greeting, after {Excerpt.Of(_greeting.AsSpan(0, _greeted))}");
        }

        return Stage == SessionStage.Handshake
            ? new ZmtpError(ZmtpErrorCode.Disconnected, $"the peer closed the connection during the {_peerMechanism} handshake")
            : new ZmtpError(ZmtpErrorCode.Disconnected, "the peer closed the connection");
    }

    /// <summary>What it means that nothing more came before the handshake's deadline.</summary>
    public ZmtpError HandshakeTimedOut() => new(
        ZmtpErrorCode.HandshakeTimeout,
        Stage switch
        {
            SessionStage.Greeting when _greeted == 0 => "the peer accepted the TCP connection and said nothing",
            SessionStage.Greeting => $"the peer sent {_greeted} of the 64 bytes of its greeting and no more",
            _ => $"the peer's greeting came, but the {_peerMechanism} handshake did not end",
        });

    /// <summary>Whether the peer has sent anything at all.</summary>
    public bool HasHeard => _greeted > 0;

    /// <summary>Whether the peer's greeting was a valid one: it speaks ZMTP, whatever comes later.</summary>
    public bool HasGreeted => Stage != SessionStage.Greeting;

    /// <summary>Sends a message; only once open.</summary>
    public void Send(ZmtpMessage message)
    {
        var isReq = _options.SocketType == SocketType.Req;
        var size = isReq ? FrameHeader.SizeFor(0) : 0;
        for (var i = 0; i < message.FrameCount; i++)
        {
            size += FrameHeader.SizeFor(message[i].Length) + message[i].Length;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(size);
        var written = isReq ? FrameHeader.Write(buffer, 0, more: true, command: false) : 0;
        for (var i = 0; i < message.FrameCount; i++)
        {
            var frame = message[i];
            written += FrameHeader.Write(buffer.AsSpan(written), frame.Length, i < message.FrameCount - 1, command: false);
            frame.CopyTo(buffer.AsSpan(written));
            written += frame.Length;
        }

        _output.Send(buffer.AsSpan(0, written));
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Sends a PING with a TTL of 0: any other makes the peer close the connection after it.</summary>
    /// <param name="context">At most 16 bytes, which the PONG brings back.</param>
    public void SendPing(ReadOnlySpan<byte> context)
    {
        Span<byte> data = stackalloc byte[PingTtlSize + MaxPingContext];
        BinaryPrimitives.WriteUInt16BigEndian(data, 0);
        context.CopyTo(data[PingTtlSize..]);
        SendCommand(CommandNames.Ping, data[..(PingTtlSize + context.Length)]);
    }

    /// <summary>Gives pooled memory back. The session must not be used afterwards.</summary>
    public void Release()
    {
        _decoder.Release();
        _message.Release();
    }

    /// <inheritdoc />
    public void SendCommand(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var body = 1 + name.Length + data.Length;
        Span<byte> buffer = stackalloc byte[FrameHeader.MaxSize + 1 + byte.MaxValue];
        byte[]? rented = null;
        if (body + FrameHeader.MaxSize > buffer.Length)
        {
            rented = ArrayPool<byte>.Shared.Rent(body + FrameHeader.MaxSize);
            buffer = rented;
        }

        var written = FrameHeader.Write(buffer, body, more: false, command: true);
        buffer[written++] = (byte)name.Length;
        name.CopyTo(buffer[written..]);
        written += name.Length;
        data.CopyTo(buffer[written..]);
        _output.Send(buffer[..(written + data.Length)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true); // it may have held credentials
        }
    }

    /// <inheritdoc />
    void ISecurityOutput.TakePeerMetadata(ReadOnlySpan<byte> metadata) =>
        _peerMetadata = Metadata.TryParse(metadata, out var properties) ? properties : null;

    /// <inheritdoc />
    int IFrameSink.MaxBodyLength(bool isCommand) => isCommand ? _options.MaxCommandSize : _message.Left;

    /// <inheritdoc />
    ZmtpError? IFrameSink.OnFrame(bool isCommand, bool isMore, ReadOnlySpan<byte> body)
    {
        if (!isCommand)
        {
            return Stage == SessionStage.Open
                ? OnMessageFrame(isMore, body)
                : new ZmtpError(ZmtpErrorCode.Protocol, "the peer sent a message before the end of the handshake");
        }

        if (!Command.TryParse(body, out var command))
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, $"the peer sent a malformed command: {Excerpt.Of(body)}");
        }

        return Stage == SessionStage.Open ? OnTrafficCommand(command) : OnHandshakeCommand(command);
    }

    private ZmtpError? ReceiveGreeting(ref ReadOnlySpan<byte> bytes)
    {
        var take = Math.Min(bytes.Length, Greeting.Length - _greeted);
        bytes[..take].CopyTo(_greeting.AsSpan(_greeted));
        bytes = bytes[take..];
        _greeted += take;
        var error = Greeting.Check(_greeting.AsSpan(0, _greeted));
        if (error is not null || _greeted < Greeting.Length)
        {
            return error;
        }

        _peerMajor = _greeting![10];
        _peerMinor = _greeting[11];
        if (!Greeting.TryReadMechanism(_greeting, out _peerMechanism))
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, "the mechanism in the peer's greeting is not a name");
        }

        if (_peerMechanism != _options.Security.Mechanism)
        {
            Stage = SessionStage.Handshake;
            return new ZmtpError(
                ZmtpErrorCode.Mechanism,
                $"the server asks for {_peerMechanism}, the module offers {_options.Security.Mechanism}");
        }

        CompleteGreeting();
        Stage = SessionStage.Handshake;
        _greeting = null;
        _mechanism = _options.Security.CreateClient();
        _mechanism.Start(Metadata.ForClient(_options.SocketType), this);
        return null;
    }

    private ZmtpError? OnHandshakeCommand(Command command)
    {
        if (command.Is(CommandNames.Error))
        {
            return new ZmtpError(ZmtpErrorCode.Auth, $"the peer refused us during the {_peerMechanism} handshake: ERROR {command.ErrorReason()}");
        }

        var error = _mechanism!.OnCommand(command, Metadata.ForClient(_options.SocketType), this);
        if (error is not null || !_mechanism.IsReady)
        {
            return error;
        }

        if (_peerMetadata is null)
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, "the properties in the peer's READY are malformed");
        }

        var socketType = _peerMetadata.GetValueOrDefault(Metadata.SocketTypeName);
        var peer = new PeerInfo(_peerMajor, _peerMinor, _peerMechanism, socketType, _peerMetadata.Remove(Metadata.SocketTypeName));
        _peerMetadata = null;
        Peer = peer;
        error = SocketTypes.Check(_options.SocketType, socketType);
        if (error is not null)
        {
            return error;
        }

        PromptMechanism();
        _mechanism = null;
        Stage = SessionStage.Open;
        _output.OnOpened(peer);
        return null;
    }

    /// <summary>What the peer said of itself; null before its READY.</summary>
    public PeerInfo? Peer { get; private set; }

    private ZmtpError? OnTrafficCommand(Command command)
    {
        if (command.Is(CommandNames.Ping))
        {
            if (command.Data.Length is < PingTtlSize or > PingTtlSize + MaxPingContext)
            {
                return new ZmtpError(ZmtpErrorCode.Protocol, $"the peer sent a PING of {command.Data.Length} bytes, and 2 to 18 are allowed");
            }

            SendCommand(CommandNames.Pong, command.Data[PingTtlSize..]);
        }
        else if (command.Is(CommandNames.Pong))
        {
            _output.OnPong(command.Data);
        }
        else if (command.Is(CommandNames.Error))
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, $"the peer ended the conversation: ERROR {command.ErrorReason()}");
        }

        // Any other command belongs to a pattern that we do not take part in: RFC 37 says to ignore it.
        return null;
    }

    private ZmtpError? OnMessageFrame(bool isMore, ReadOnlySpan<byte> body)
    {
        // A REQ's reply starts with the empty frame that its request started with (RFC 28).
        if (_options.SocketType == SocketType.Req && _message.IsEmpty && !_delimited)
        {
            if (!isMore || !body.IsEmpty)
            {
                return new ZmtpError(ZmtpErrorCode.Protocol, $"the reply does not start with the empty delimiter frame: {Excerpt.Of(body)}");
            }

            _delimited = true;
            return null;
        }

        if (!_message.TryAdd(body, isMore, out var message))
        {
            return new ZmtpError(ZmtpErrorCode.TooLarge, $"the peer sent a message of more than {_options.MaxFrames} frames");
        }

        if (message is not null)
        {
            _delimited = false;
            _output.OnMessage(message);
        }

        return null;
    }
}

/// <summary>How far a conversation has come.</summary>
internal enum SessionStage
{
    /// <summary>The peer's greeting is incomplete.</summary>
    Greeting,

    /// <summary>The greeting is done, the security handshake is not.</summary>
    Handshake,

    /// <summary>READY has come.</summary>
    Open,
}
