using System.Buffers.Binary;
using Zmtp.Limits;
using Zmtp.Security;
using Zmtp.Wire;

namespace Zmtp.Sessions;

/// <summary>
/// The client's side of one ZMTP 3.1 conversation (RFC 37) without I/O: bytes go in, bytes, frames and events come out.
/// After an error it must not be used again. Not thread-safe, except that <see cref="Send"/>, <see cref="SendPing"/> and
/// <see cref="Subscribe"/> only write to the output and touch no state.
/// </summary>
internal sealed class ZmtpSession : IFrameSink, IContentSink
{
    private const int MaxPingContext = 16; // RFC 37, "Heartbeats"
    private const int PingTtlSize = 2;
    private const int CommandWork = 100;
    private const byte SubscribeFlag = 1; // RFC 23, "The publish-subscribe pattern"

    private readonly ZmtpOptions _options;
    private readonly ISessionOutput _output;
    private readonly IFrameReceiver _receiver;
    private readonly FrameDecoder _decoder;
    private readonly int _maxFrames;
    private SessionHandshake? _handshake; // until it is done
    private ITraffic _traffic = ClearTraffic.Instance;
    private int _number; // of the next frame in its message
    private int _frameWork;
    private int _commandWork;
    private int _work;

    /// <param name="options">How it behaves.</param>
    /// <param name="output">Takes what is sent and what happens.</param>
    /// <param name="receiver">Takes the frames of messages.</param>
    /// <param name="buffers">Bounds what incomplete frames take, or null.</param>
    public ZmtpSession(ZmtpOptions options, ISessionOutput output, IFrameReceiver receiver, BufferBudget? buffers = null)
    {
        _options = options;
        _output = output;
        _receiver = receiver;
        _maxFrames = options.MaxFrames + (options.SocketType == SocketType.Req ? 1 : 0); // the delimiter of a REQ's replies is none of theirs
        _handshake = new SessionHandshake(options, output);
        _decoder = new FrameDecoder(this, buffers);
        ReadyTiming = _handshake.ReadyTiming;
        OnlyLooks = _handshake.OnlyLooks;
        Use(ClearTraffic.Instance);
    }

    /// <summary>How far the conversation has come.</summary>
    public SessionStage Stage => _handshake?.Stage ?? SessionStage.Open;

    /// <summary>Whether all of our greeting is out.</summary>
    public bool IsGreetingComplete => _handshake is null or { IsGreetingComplete: true };

    /// <inheritdoc cref="SessionHandshake.ReadyTiming" />
    public ReadyTiming ReadyTiming { get; }

    /// <inheritdoc cref="SessionHandshake.HoldsReady" />
    public bool HoldsReady => _handshake is { HoldsReady: true };

    /// <summary>Whether the peer has sent anything at all.</summary>
    public bool HasHeard => _handshake is null or { HasHeard: true };

    /// <summary>Whether the peer's greeting was a valid one: it speaks ZMTP, whatever comes later.</summary>
    public bool HasGreeted => Stage != SessionStage.Greeting;

    /// <summary>During a call to the output: whether what came ends with what is handed over.</summary>
    public bool IsAtEnd => _decoder.IsAtEnd;

    /// <summary>Whether nothing has come of a message, or a command, that goes on. For who feeds it.</summary>
    public bool IsBetweenMessages => _number == 0 && _decoder.IsBetweenFrames;

    /// <inheritdoc cref="SessionHandshake.PeerGreeting" />
    public PeerGreeting? PeerGreeting => _handshake?.PeerGreeting;

    /// <summary>What the peer said of itself; null before its READY.</summary>
    public PeerInfo? Peer { get; private set; }

    /// <inheritdoc cref="SessionHandshake.OnlyLooks" />
    public bool OnlyLooks { get; private set; }

    /// <summary>
    /// Whether a PING may be sent: never before our READY, and only to peers that announce to know it. Others may close, or hand it to
    /// their application as a message (libzmq before 4.2, JeroMQ before 0.5), or end (a NetMQ 4.0 server with CURVE).
    /// </summary>
    public bool CanPing => Stage == SessionStage.Open && _options.Pings && !OnlyLooks && Peer is { HasZmtp31Commands: true };

    /// <summary>Sends the first part of the greeting.</summary>
    public void Start() => _handshake!.Start();

    /// <inheritdoc cref="SessionHandshake.Prompt" />
    public void Prompt() => _handshake?.Prompt();

    /// <summary>Takes what the peer sent.</summary>
    /// <returns>Why the conversation is over, or null.</returns>
    public ZmtpError? Receive(ReadOnlySpan<byte> bytes)
    {
        if (Stage == SessionStage.Greeting)
        {
            var error = _handshake!.ReceiveGreeting(ref bytes);
            if (error is not null || Stage == SessionStage.Greeting)
            {
                return error;
            }
        }

        return _decoder.Decode(bytes);
    }

    /// <summary>How much work the peer has made since the last call, in frames; a command counts as a hundred, because it may want an answer.</summary>
    public int TakeWork()
    {
        var work = _work;
        _work = 0;
        return work;
    }

    /// <summary>What it means that the peer ended the stream here.</summary>
    public ZmtpError EndOfStream() =>
        _handshake?.EndOfStream() ?? new ZmtpError(ZmtpErrorCode.Disconnected, "the peer closed the connection") { IsByPeer = true };

    /// <summary>What it means that nothing more came before the handshake's deadline.</summary>
    public ZmtpError HandshakeTimedOut() => _handshake?.TimedOut()
        ?? new ZmtpError(ZmtpErrorCode.HandshakeTimeout, $"the peer's greeting came, but the {_options.Security.Mechanism} handshake did not end");

    /// <summary>Sends a message; only once open.</summary>
    public void Send(ZmtpMessage message) => _traffic.Send(_output, message, delimited: _options.SocketType == SocketType.Req);

    /// <summary>Sends a PING with a TTL of 0: any other makes the peer close the connection after it.</summary>
    /// <param name="context">At most 16 bytes, which the PONG brings back.</param>
    public void SendPing(ReadOnlySpan<byte> context)
    {
        Span<byte> data = stackalloc byte[PingTtlSize + MaxPingContext];
        BinaryPrimitives.WriteUInt16BigEndian(data, 0);
        context.CopyTo(data[PingTtlSize..]);
        _traffic.SendCommand(_output, CommandNames.Ping, data[..(PingTtlSize + context.Length)]);
    }

    /// <summary>Subscribes to a topic, in the way of the peer's version: those of 3.1 may ignore the message, those of 3.0 do not know the command.</summary>
    public void Subscribe(ReadOnlySpan<byte> topic)
    {
        if (Peer is { HasZmtp31Commands: true })
        {
            _traffic.SendCommand(_output, CommandNames.Subscribe, topic);
        }
        else
        {
            Send(ZmtpMessage.FromFrames([SubscribeFlag, .. topic]));
        }
    }

    /// <summary>Gives pooled memory back. The session must not be used afterwards.</summary>
    public void Release()
    {
        _decoder.Release();
        _receiver.Release();
        _handshake?.Release();
        _traffic.Release();
    }

    /// <inheritdoc />
    int IFrameSink.MaxBodyLength(bool isCommand) => _traffic.MaxBodyLength(isCommand, this);

    /// <inheritdoc />
    int IFrameSink.KeptBodyLength(bool isCommand) =>
        isCommand || _traffic.IsBoxed || _handshake is not null ? int.MaxValue : _receiver.KeptLength(_number);

    /// <inheritdoc />
    ZmtpError? IFrameSink.OnCutFrame(bool isMore, ReadOnlySpan<byte> head, int length) => Receive(isMore, head, length);

    /// <inheritdoc />
    ZmtpError? IFrameSink.OnFrame(bool isCommand, bool isMore, ReadOnlySpan<byte> body) => _traffic.Open(isCommand, isMore, body, this);

    /// <inheritdoc />
    int IContentSink.MaxContentLength(bool isCommand) => isCommand ? _options.MaxCommandSize
        : _handshake is null ? _receiver.MaxLength ?? (_traffic.IsBoxed ? _options.MaxBoxedFrameSize : int.MaxValue)
        : _options.MaxMessageSize;

    /// <inheritdoc />
    ZmtpError? IContentSink.OnContent(bool isCommand, bool isMore, ReadOnlySpan<byte> content)
    {
        _work += isCommand ? _commandWork : _frameWork;
        if (!isCommand)
        {
            return _handshake is null
                ? Receive(isMore, content, content.Length)
                : new ZmtpError(ZmtpErrorCode.Protocol, "the peer sent a message before the end of the handshake");
        }

        if (!Command.TryParse(content, out var command))
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, $"the peer sent a malformed command: {Excerpt.Of(content)}");
        }

        return _handshake is { } handshake ? OnHandshakeCommand(handshake, command) : OnTrafficCommand(command);
    }

    private ZmtpError? Receive(bool isMore, ReadOnlySpan<byte> head, int length)
    {
        var number = _number;
        if (number == _maxFrames)
        {
            return new ZmtpError(ZmtpErrorCode.TooLarge, $"the peer sent a message of more than {_options.MaxFrames} frames");
        }

        _number = isMore ? number + 1 : 0;
        return _receiver.OnFrame(number, head, length, isLast: !isMore);
    }

    // Asked for with each frame, so calculated before.
    private void Use(ITraffic traffic)
    {
        _traffic = traffic;
        var isUnbounded = _receiver.MaxLength is null;
        _frameWork = isUnbounded ? 0 : 1 + traffic.Work;
        _commandWork = CommandWork + (isUnbounded ? 0 : traffic.Work);
    }

    private ZmtpError? OnHandshakeCommand(SessionHandshake handshake, Command command)
    {
        var error = handshake.OnCommand(command);
        Peer = handshake.Peer;
        OnlyLooks = handshake.OnlyLooks;
        if (error is null && handshake.Stage == SessionStage.Open)
        {
            Use(handshake.TakeTraffic());
            _handshake = null;
            _output.OnOpened(handshake.Peer!);
        }

        return error;
    }

    private ZmtpError? OnTrafficCommand(Command command)
    {
        if (command.Is(CommandNames.Ping))
        {
            // Some servers send no TTL, and some a context that is too long (JeroMQ 0.5.0): libzmq puts up with both, and cuts the context.
            var context = command.Data.Length <= PingTtlSize ? [] : command.Data[PingTtlSize..];
            if (!OnlyLooks)
            {
                _traffic.SendCommand(_output, CommandNames.Pong, context[..Math.Min(context.Length, MaxPingContext)]);
            }
        }
        else if (command.Is(CommandNames.Pong))
        {
            _output.OnPong(command.Data);
        }
        else if (_receiver.TakesSubscriptions && (command.Is(CommandNames.Subscribe) || command.Is(CommandNames.Cancel)))
        {
            _work -= _commandWork - _frameWork; // a proxy passes on as many as it has subscribers
            _receiver.OnSubscription(command.Is(CommandNames.Subscribe), command.Data);
        }
        else if (command.Is(CommandNames.Error))
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, $"the peer ended the conversation: ERROR {command.ErrorReason()}");
        }

        // Any other command belongs to a pattern that we do not take part in: RFC 37 says to ignore it.
        return null;
    }
}
