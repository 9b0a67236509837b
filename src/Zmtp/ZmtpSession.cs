using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using Zmtp.Security;
using Zmtp.Wire;

namespace Zmtp;

/// <summary>
/// The client's side of one ZMTP 3.1 conversation (RFC 37) without I/O: bytes go in, bytes and events come out.
/// After an error it must not be used again. Not thread-safe, except that <see cref="Send"/>, <see cref="SendPing"/> and
/// <see cref="Subscribe"/> only write to the output and touch no state.
/// </summary>
internal sealed class ZmtpSession : IFrameSink, ISecurityOutput
{
    private const int MaxPingContext = 16; // RFC 37, "Heartbeats"
    private const int PingTtlSize = 2;
    private const int CommandWork = 100;
    private const byte SubscribeFlag = 1; // RFC 23, "The publish-subscribe pattern"
    private const string DeniedSomehow = "the server's ZAP handler denies our address, failed for the moment (ZAP 300) or hangs";

    private readonly ZmtpOptions _options;
    private readonly ISessionOutput _output;
    private readonly FrameDecoder _decoder;
    private readonly MessageBuilder _message;
    private readonly Lock _promptLock = new();
    private GreetingExchange? _greeting; // until the handshake is done
    private ClientMechanism? _mechanism;
    private CurveTraffic? _curve; // once open, when the traffic is encrypted
    private ImmutableSortedDictionary<string, string>? _peerMetadata;
    private bool _hasPrompted; // our READY is out, or never will be
    private bool _delimited;
    private int _frame; // its number in the message, when they go one by one
    private int _work;

    public ZmtpSession(ZmtpOptions options, ISessionOutput output, BufferBudget? buffers = null)
    {
        _options = options;
        _output = output;
        _greeting = new GreetingExchange(options.Security.Mechanism, output);
        _decoder = new FrameDecoder(this, buffers);
        _message = new MessageBuilder(options.MaxMessageSize, options.MaxFrames, buffers);
        OnlyLooks = options is { PeekOnly: true, SocketType: SocketType.Pull };
        ReadyTiming = SocketTypes.MayGoFirst(options.SocketType) ? ReadyTiming.AfterMoment
            : options.PeekOnly ? ReadyTiming.AfterPeers
            : ReadyTiming.AfterTimeout;
    }

    /// <summary>How far the conversation has come.</summary>
    public SessionStage Stage { get; private set; }

    /// <summary>Whether all of our greeting is out.</summary>
    public bool IsGreetingComplete => _greeting is null or { IsOursComplete: true };

    /// <summary>When our READY goes out if the peer's does not come; for NULL, because with other mechanisms nobody has a choice.</summary>
    public ReadyTiming ReadyTiming { get; }

    /// <summary>Whether our READY is held back, and <see cref="Prompt"/> sends it.</summary>
    public bool HoldsReady => !_hasPrompted && _mechanism is NullClient && ReadyTiming != ReadyTiming.AfterPeers;

    /// <summary>Whether the peer has sent anything at all.</summary>
    public bool HasHeard => _greeting is null or { Count: > 0 };

    /// <summary>Whether the peer's greeting was a valid one: it speaks ZMTP, whatever comes later.</summary>
    public bool HasGreeted => Stage != SessionStage.Greeting;

    /// <summary>During a call to the output: whether what came ends with what is handed over.</summary>
    public bool IsAtEnd => _decoder.IsAtEnd;

    /// <summary>What the peer said of itself; null before its READY.</summary>
    public PeerInfo? Peer { get; private set; }

    /// <summary>Whether our READY is never sent, nor anything after it: see <see cref="ZmtpOptions.PeekOnly"/>.</summary>
    public bool OnlyLooks { get; private set; }

    /// <summary>
    /// Whether a PING may be sent: never before our READY, and only to peers that announce to know it. Others may close, or hand it to
    /// their application as a message (libzmq before 4.2, JeroMQ before 0.5), or end (a NetMQ 4.0 server with CURVE).
    /// </summary>
    public bool CanPing => Stage == SessionStage.Open && _options.Pings && !OnlyLooks && Peer is { HasZmtp31Commands: true };

    /// <summary>Sends the first part of the greeting.</summary>
    public void Start() => _greeting!.Start();

    /// <summary>Stops waiting for the peer to go first: sends what is held back of the greeting, or else our READY, unless that waits for the peer's.</summary>
    /// <remarks>Thread-safe: a timer may call it while bytes come in. Who finds a part sent may rely on the bytes being out.</remarks>
    public void Prompt()
    {
        if (_greeting is { IsOursComplete: false } greeting)
        {
            greeting.CompleteOurs();
        }
        else if (HoldsReady)
        {
            PromptMechanism();
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

    /// <summary>How much work the peer has made since the last call, in frames; a command counts as a hundred, because it may want an answer.</summary>
    public int TakeWork()
    {
        var work = _work;
        _work = 0;
        return work;
    }

    /// <summary>What it means that the peer ended the stream here.</summary>
    public ZmtpError EndOfStream() => Stage switch
    {
        SessionStage.Greeting => _greeting!.EndOfStream(),
        SessionStage.Handshake => Refused("closed the connection") ?? new ZmtpError(ZmtpErrorCode.Disconnected, $"the peer sent its ZMTP greeting and closed the connection during the {_options.Security.Mechanism} handshake{PerhapsDenied}{PerhapsUnfit}") { IsByPeer = true },
        _ => new ZmtpError(ZmtpErrorCode.Disconnected, "the peer closed the connection") { IsByPeer = true },
    };

    /// <summary>What it means that nothing more came before the handshake's deadline.</summary>
    public ZmtpError HandshakeTimedOut() => Refused("said nothing more") ?? (Stage == SessionStage.Greeting && _greeting is { } greeting
        ? greeting.TimedOut()
        : new ZmtpError(
            ZmtpErrorCode.HandshakeTimeout,
            _mechanism is NullClient && !_hasPrompted && ReadyTiming == ReadyTiming.AfterPeers ? $"the peer's greeting came, but not its READY. It may wait for ours, which {SocketTypes.WhyNotFirst(_options.SocketType)}. Or {DeniedSomehow}"
                : $"the peer's greeting came, but the {_options.Security.Mechanism} handshake did not end{PerhapsDenied}"));

    /// <summary>What an end of the handshake means for our credentials; null when it says nothing about them. Thread-safe.</summary>
    /// <param name="how">What the peer did: "closed the connection".</param>
    public ZmtpError? Refused(string how) =>
        _mechanism is { Refusal: { } refusal } ? new ZmtpError(ZmtpErrorCode.Auth, $"the peer {how} after {refusal}") : null;

    /// <summary>Sends a message; only once open.</summary>
    public void Send(ZmtpMessage message)
    {
        var delimited = _options.SocketType == SocketType.Req;
        if (_curve is { } curve)
        {
            curve.Send(_output, message, delimited);
        }
        else
        {
            FrameWriter.Send(_output, message, delimited);
        }
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

    /// <summary>Subscribes to a topic, in the way of the peer's version: those of 3.1 may ignore the message, those of 3.0 do not know the command.</summary>
    public void Subscribe(ReadOnlySpan<byte> topic)
    {
        if (Peer is { HasZmtp31Commands: true })
        {
            SendCommand(CommandNames.Subscribe, topic);
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
        _message.Release();
        _mechanism?.Dispose();
        _curve?.Release();
    }

    /// <inheritdoc />
    public void SendCommand(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (_curve is { } curve)
        {
            curve.SendCommand(_output, name, data);
        }
        else
        {
            FrameWriter.SendCommand(_output, name, data);
        }
    }

    /// <inheritdoc />
    void ISecurityOutput.TakePeerMetadata(ReadOnlySpan<byte> metadata) =>
        _peerMetadata = Metadata.TryParse(metadata, out var properties) ? properties : null;

    /// <inheritdoc />
    int IFrameSink.MaxBodyLength(bool isCommand)
    {
        if (_curve is null)
        {
            return MaxContentLength(isCommand);
        }

        // What is in the box is not known yet; it is judged again once that is open.
        var limit = Math.Max(MaxContentLength(isCommand: true), MaxContentLength(isCommand: false));
        return Math.Min(limit, int.MaxValue - CurveTraffic.Overhead) + CurveTraffic.Overhead;
    }

    /// <inheritdoc />
    int IFrameSink.KeptBodyLength(bool isCommand) =>
        !isCommand && _curve is null && _options.ByFrame && Stage == SessionStage.Open ? _output.KeptLength(_frame) : int.MaxValue;

    /// <inheritdoc />
    ZmtpError? IFrameSink.OnCutFrame(bool isMore, ReadOnlySpan<byte> head, int length) => OnSingleFrame(isMore, head, length);

    /// <inheritdoc />
    ZmtpError? IFrameSink.OnFrame(bool isCommand, bool isMore, ReadOnlySpan<byte> body)
    {
        return _curve is null ? OnClearFrame(isCommand, isMore, body) : OnCurveFrame(_curve, body);
    }

    // Some versions of libzmq close, and others stay silent, where the handler denies access or fails for the moment; without credentials
    // an end that has another cause looks the same.
    private string PerhapsDenied => _mechanism is NullClient ? $": perhaps {DeniedSomehow}" : "";

    // A busy server may read our READY together with the end of our greeting, and close on it before it has sent its own.
    private string PerhapsUnfit => _mechanism is NullClient && _hasPrompted ? $", or its socket type does not fit a {SocketTypes.Name(_options.SocketType)}" : "";

    // What is skipped may be of any length, but a box has to be held as a whole to be opened.
    private int MaxContentLength(bool isCommand) =>
        isCommand ? _options.MaxCommandSize
        : !_options.ByFrame || Stage != SessionStage.Open ? _message.Left
        : _curve is null ? int.MaxValue : _options.MaxBoxedFrameSize;

    private ZmtpError? OnCurveFrame(CurveTraffic curve, ReadOnlySpan<byte> body)
    {
        _work += _options.ByFrame ? 0 : CurveTraffic.Work;
        var content = ArrayPool<byte>.Shared.Rent(body.Length);
        var error = curve.Open(body, content, out var opened);
        if (error is null && opened.Length > MaxContentLength(opened.IsCommand))
        {
            error = new ZmtpError(ZmtpErrorCode.TooLarge, $"the peer sent a {(opened.IsCommand ? "command" : "frame")} of {opened.Length} bytes, and {MaxContentLength(opened.IsCommand)} is the limit here");
        }

        error ??= OnClearFrame(opened.IsCommand, opened.IsMore, content.AsSpan(CurveTraffic.Opened.ContentStart, opened.Length));
        ArrayPool<byte>.Shared.Return(content);
        return error;
    }

    private ZmtpError? OnClearFrame(bool isCommand, bool isMore, ReadOnlySpan<byte> body)
    {
        _work += isCommand ? CommandWork : _options.ByFrame ? 0 : 1; // what was subscribed to is no flood, however much it is
        if (!isCommand)
        {
            return Stage == SessionStage.Open && _options.ByFrame ? OnSingleFrame(isMore, body, body.Length)
                : Stage == SessionStage.Open
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
        var greeting = _greeting!;
        var error = greeting.Receive(ref bytes);
        if (error?.Code == ZmtpErrorCode.Mechanism || (error is null && greeting.IsTheirsComplete))
        {
            Stage = SessionStage.Handshake;
        }

        if (error is null && greeting.IsTheirsComplete)
        {
            var peerWaits = greeting.IsOursComplete; // it needed all of our greeting: it may need our READY too
            greeting.CompleteOurs();
            _mechanism = _options.Security.CreateClient();
            _mechanism.Start(Metadata.ForClient(_options.SocketType), this);
            if (peerWaits && ReadyTiming == ReadyTiming.AfterTimeout)
            {
                PromptMechanism();
            }

            if (HoldsReady)
            {
                _output.OnReadyHeld();
            }
        }

        return error;
    }

    private ZmtpError? OnHandshakeCommand(Command command)
    {
        if (command.Is(CommandNames.Error))
        {
            return new ZmtpError(ZmtpErrorCode.Auth, $"the peer refused us during the {_options.Security.Mechanism} handshake: {ZapStatus.Describe(command.ErrorReason(), _options.Security.Denied)}");
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
        var peer = new PeerInfo(_greeting!.PeerMajor, _greeting.PeerMinor, _greeting.PeerMechanism, socketType, _peerMetadata.Remove(Metadata.SocketTypeName));
        _peerMetadata = null;
        Peer = peer;
        error = SocketTypes.Check(_options.SocketType, socketType);
        if (error is not null)
        {
            return error;
        }

        // A peer that does not tell its type may be one that gives, too.
        PromptMechanism(onlyLooks: _options.PeekOnly && _mechanism is NullClient
            && (SocketTypes.GivesToAnyPeer(socketType) || (socketType is null && ReadyTiming == ReadyTiming.AfterPeers)));
        _curve = _mechanism.TakeTraffic();
        _mechanism.Dispose();
        _mechanism = null;
        _greeting = null;
        Stage = SessionStage.Open;
        _output.OnOpened(peer);
        return null;
    }

    private void PromptMechanism(bool onlyLooks = false)
    {
        lock (_promptLock)
        {
            if (!_hasPrompted && _mechanism is { } mechanism)
            {
                _hasPrompted = true;
                OnlyLooks |= onlyLooks;
                if (!OnlyLooks)
                {
                    mechanism.Prompt(Metadata.ForClient(_options.SocketType), this);
                }
            }
        }
    }

    private ZmtpError? OnTrafficCommand(Command command)
    {
        if (command.Is(CommandNames.Ping))
        {
            // Some servers send no TTL, and some a context that is too long (JeroMQ 0.5.0): libzmq puts up with both, and cuts the context.
            var context = command.Data.Length <= PingTtlSize ? [] : command.Data[PingTtlSize..];
            if (!OnlyLooks)
            {
                SendCommand(CommandNames.Pong, context[..Math.Min(context.Length, MaxPingContext)]);
            }
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

    private ZmtpError? OnSingleFrame(bool isMore, ReadOnlySpan<byte> head, int length)
    {
        if (_frame == _options.MaxFrames)
        {
            return TooManyFrames();
        }

        var number = _frame;
        _frame = isMore ? _frame + 1 : 0;
        _output.OnFrame(number, head, length, !isMore);
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
            return TooManyFrames();
        }

        if (message is not null)
        {
            _delimited = false;
            _output.OnMessage(message);
        }

        return null;
    }

    private ZmtpError TooManyFrames() =>
        new(ZmtpErrorCode.TooLarge, $"the peer sent a message of more than {_options.MaxFrames} frames");
}
