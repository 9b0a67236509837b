using System.Collections.Immutable;
using Zmtp.Security;
using Zmtp.Wire;

namespace Zmtp.Sessions;

/// <summary>
/// The part of a conversation before messages may flow: both greetings, then the mechanism, which ends with the peer's READY. After an
/// error it must not be used again. Not thread-safe, except for <see cref="Prompt"/> and what it depends on.
/// </summary>
internal sealed class SessionHandshake : ISecurityOutput
{
    private const string DeniedSomehow = "the server's ZAP handler denies our address, failed for the moment (ZAP 300) or hangs";

    private static volatile PeerInfo? _lastPeer;

    private readonly ZmtpOptions _options;
    private readonly ISessionOutput _output;
    private readonly GreetingExchange _greeting;
    private readonly Lock _promptLock = new();
    private ClientMechanism? _mechanism;
    private ImmutableSortedDictionary<string, string>? _peerMetadata;
    private bool _hasPrompted; // our READY is out, or never will be

    public SessionHandshake(ZmtpOptions options, ISessionOutput output)
    {
        _options = options;
        _output = output;
        _greeting = new GreetingExchange(options.Security.Mechanism, output);
        OnlyLooks = options is { PeekOnly: true, SocketType: SocketType.Pull };
        ReadyTiming = SocketTypes.MayGoFirst(options.SocketType) ? ReadyTiming.AfterMoment
            : options.PeekOnly ? ReadyTiming.AfterPeers
            : ReadyTiming.AfterTimeout;
    }

    /// <summary>How far it has come: <see cref="SessionStage.Open"/> when it is done.</summary>
    public SessionStage Stage { get; private set; }

    /// <summary>When our READY goes out if the peer's does not come; for NULL, because with other mechanisms nobody has a choice.</summary>
    public ReadyTiming ReadyTiming { get; }

    /// <summary>Whether all of our greeting is out.</summary>
    public bool IsGreetingComplete => _greeting.IsOursComplete;

    /// <summary>Whether our READY is held back, and <see cref="Prompt"/> sends it.</summary>
    public bool HoldsReady => !_hasPrompted && _mechanism is NullClient && ReadyTiming != ReadyTiming.AfterPeers;

    /// <summary>Whether the peer has sent anything at all.</summary>
    public bool HasHeard => _greeting.Count > 0;

    /// <summary>What the peer's greeting says, also when its mechanism is not ours; null before all of it has come, and when it is not valid.</summary>
    public PeerGreeting? PeerGreeting { get; private set; }

    /// <summary>What the peer said of itself; null before its READY.</summary>
    public PeerInfo? Peer { get; private set; }

    /// <summary>Whether our READY is never sent, nor anything after it: see <see cref="ZmtpOptions.PeekOnly"/>.</summary>
    public bool OnlyLooks { get; private set; }

    // Some versions of libzmq close, and others stay silent, where the handler denies access or fails for the moment; without credentials
    // an end that has another cause looks the same.
    private string PerhapsDenied => _mechanism is NullClient ? $": perhaps {DeniedSomehow}" : "";

    // A busy server may read our READY together with the end of our greeting, and close on it before it has sent its own.
    private string PerhapsUnfit => _mechanism is NullClient && _hasPrompted ? $", or its socket type does not fit a {SocketTypes.Name(_options.SocketType)}" : "";

    /// <summary>Sends the first part of the greeting.</summary>
    public void Start() => _greeting.Start();

    /// <summary>Stops waiting for the peer to go first: sends what is held back of the greeting, or else our READY, unless that waits for the peer's.</summary>
    /// <remarks>Thread-safe: a timer may call it while bytes come in. If a part counts as sent, its bytes have been written.</remarks>
    public void Prompt()
    {
        if (!_greeting.IsOursComplete)
        {
            _greeting.CompleteOurs();
        }
        else if (HoldsReady)
        {
            PromptMechanism();
        }
    }

    /// <summary>Takes what the peer sent as its greeting.</summary>
    /// <param name="bytes">What came; afterwards what is left of it.</param>
    /// <returns>Why the conversation is over, or null.</returns>
    public ZmtpError? ReceiveGreeting(ref ReadOnlySpan<byte> bytes)
    {
        var error = _greeting.Receive(ref bytes);
        if (error?.Code == ZmtpErrorCode.Mechanism || (error is null && _greeting.IsTheirsComplete))
        {
            Stage = SessionStage.Handshake;
            PeerGreeting = new PeerGreeting(_greeting.PeerMajor, _greeting.PeerMinor, _greeting.PeerMechanism);
        }

        if (error is null && _greeting.IsTheirsComplete)
        {
            var peerWaits = _greeting.IsOursComplete; // it needed all of our greeting: it may need our READY too
            _greeting.CompleteOurs();
            _mechanism = _options.Security.CreateClient();
            _mechanism.Start(OwnMetadata(), this);
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

    /// <summary>Takes a command of the peer's.</summary>
    /// <returns>Why the conversation is over, or null.</returns>
    public ZmtpError? OnCommand(Command command)
    {
        if (command.Is(CommandNames.Error))
        {
            return new ZmtpError(ZmtpErrorCode.Auth, $"the peer refused us during the {_options.Security.Mechanism} handshake: {ZapStatus.Describe(command.ErrorReason(), _options.Security.Denied)}");
        }

        var error = _mechanism!.OnCommand(command, OwnMetadata(), this);
        return error is not null || !_mechanism.IsReady ? error : OnReady();
    }

    /// <summary>What carries the traffic, once it is done; the caller releases it.</summary>
    public ITraffic TakeTraffic()
    {
        var traffic = _mechanism!.TakeTraffic();
        Release();
        return traffic;
    }

    /// <summary>What it means that the peer ended the stream here.</summary>
    public ZmtpError EndOfStream() => Stage == SessionStage.Greeting
        ? _greeting.EndOfStream()
        : Refused("closed the connection") ?? new ZmtpError(ZmtpErrorCode.Disconnected, $"the peer sent its ZMTP greeting and closed the connection during the {_options.Security.Mechanism} handshake{PerhapsDenied}{PerhapsUnfit}") { IsByPeer = true };

    /// <summary>What it means that nothing more came before the deadline.</summary>
    public ZmtpError TimedOut() => Refused("said nothing more") ?? (Stage == SessionStage.Greeting
        ? _greeting.TimedOut()
        : new ZmtpError(
            ZmtpErrorCode.HandshakeTimeout,
            _mechanism is NullClient && !_hasPrompted && ReadyTiming == ReadyTiming.AfterPeers ? $"the peer's greeting came, but not its READY. It may wait for ours, which {SocketTypes.WhyNotFirst(_options.SocketType)}. Or {DeniedSomehow}"
                : $"the peer's greeting came, but the {_options.Security.Mechanism} handshake did not end{PerhapsDenied}"));

    /// <summary>What an end means for our credentials; null when it says nothing about them. Thread-safe.</summary>
    /// <param name="how">What the peer did: "closed the connection".</param>
    public ZmtpError? Refused(string how) =>
        _mechanism is { Refusal: { } refusal } ? new ZmtpError(ZmtpErrorCode.Auth, $"the peer {how} after {refusal}") : null;

    /// <summary>Wipes what is secret.</summary>
    public void Release()
    {
        _mechanism?.Dispose();
        _mechanism = null;
    }

    /// <inheritdoc />
    void ISecurityOutput.SendCommand(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => FrameWriter.SendCommand(_output, name, data);

    /// <inheritdoc />
    void ISecurityOutput.TakePeerMetadata(ReadOnlySpan<byte> metadata) =>
        _peerMetadata = Metadata.TryParse(metadata, out var properties) ? properties : null;

    // Most peers of an exporter say the same of themselves, and each connection keeps it.
    private static PeerInfo Shared(PeerInfo peer)
    {
        var last = _lastPeer;
        return last is not null && peer == last with { Metadata = peer.Metadata } && peer.Metadata.SequenceEqual(last.Metadata) ? last : _lastPeer = peer;
    }

    private byte[] OwnMetadata() => Metadata.ForClient(_options.SocketType, _options.RoutingId.AsSpan());

    private ZmtpError? OnReady()
    {
        if (_peerMetadata is null)
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, "the properties in the peer's READY are malformed");
        }

        var socketType = _peerMetadata.GetValueOrDefault(Metadata.SocketTypeName);
        Peer = Shared(new PeerInfo(_greeting.PeerMajor, _greeting.PeerMinor, _greeting.PeerMechanism, socketType, _peerMetadata.Remove(Metadata.SocketTypeName)));
        if (SocketTypes.Check(_options.SocketType, socketType) is { } error)
        {
            return error;
        }

        // A peer that does not tell its type may be one that gives, too.
        PromptMechanism(onlyLooks: _options.PeekOnly && _mechanism is NullClient
            && (SocketTypes.GivesToAnyPeer(socketType) || (socketType is null && ReadyTiming == ReadyTiming.AfterPeers)));
        Stage = SessionStage.Open;
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
                    mechanism.Prompt(OwnMetadata(), this);
                }
            }
        }
    }
}
