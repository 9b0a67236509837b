using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// <c>prober: handshake</c>: makes a new connection as a client would, up to the peer's READY, and asks nothing more: a process that ends
/// a handshake lives. Or it keeps the connection, and asks the peer's I/O thread for a PONG on it. Says whether a server is reachable and
/// nothing about the application behind it. A PUSH, a DEALER, a REQ and a PAIR give their messages to every peer that takes part: of those
/// it only looks at the READY, where the mechanism allows it.
/// </summary>
internal sealed class HandshakeProber : IProber, ILinkObserver
{
    // Measured: the first TCP connection, even one that never says a word, takes 1,000 jobs from a NetMQ 4.0.4.5 PUSH. libzmq did the same
    // up to 4.3.2; 4.3.3 is the first one that waits for the handshake, and the first one that announces ZMTP 3.1. JeroMQ does it in all
    // versions; from 0.5 on it announces 3.1 and cannot be told from libzmq. Too late for those jobs, but nobody may take a target for
    // healthy whose work each probe destroys.
    private static readonly ZmtpError GivesToAnyConnection = new(
        ZmtpErrorCode.Version,
        "a PUSH of ZMTP 3.0 must not be probed, remove this target: NetMQ, JeroMQ, and libzmq before 4.3.3 give jobs to any connection before a handshake, and this probe may have lost them; 3.1 (libzmq 4.3.3 or newer) is needed");

    private readonly IProbeObserver _observer;
    private readonly TimeProvider _time;
    private readonly IMessageLink _link;
    private readonly ModuleConfig _module;
    private readonly PingMemory _pings;
    private readonly LastAnswer _lastAnswer;
    private readonly bool _isPersistent;
    private readonly bool _isSubscriber;

    public HandshakeProber(TargetConfig target, LinkOptions options, IMessageClient client, TimeProvider time, IProbeObserver observer)
    {
        var config = (HandshakeProberConfig)target.Module.Prober;
        _observer = observer;
        _time = time;
        _module = target.Module;
        _isPersistent = config.Persistent;
        _isSubscriber = config.Socket is SocketType.Sub or SocketType.Xsub;
        _lastAnswer = new LastAnswer(time);
        _pings = new PingMemory(time, _module.MaxConnectionAge);
        _link = client.CreateLink(options, this);
    }

    /// <inheritdoc />
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        using var stop = stopping.UnsafeRegister(static link => ((IMessageLink)link!).Dispose(), _link);
        var look = new HandshakeLook(_link, _pings, new ProbeClock(_time, _module.Timeout, _module.Policy.LateAfter), _isSubscriber);
        var result = await RunAsync(look);
        var isOld = _link.Peer is { VersionMajor: 3, VersionMinor: 0 };
        _lastAnswer.Note(result);
        var onlyLooked = _link.OnlyLooks && !isOld; // an old one may have given work before it said who it is

        // A server that gives its messages to any peer would give them to a kept connection too.
        var isGiver = _link.Peer is { SocketType: "PUSH" or "DEALER" or "REQ" or "PAIR" };
        _link.EndProbe(result.Reason is not null ? AfterProbe.Abort : _isPersistent && !isGiver ? AfterProbe.Keep : AfterProbe.Close);
        return result with { OnlyLooked = onlyLooked };
    }

    private async ValueTask<ProbeResult> RunAsync(HandshakeLook look)
    {
        _pings.Look(_link);
        var opened = await _link.OpenAsync(look.Deadline);
        if (opened.Kind == LinkOutcomeKind.Opened && _link.OpenedAt < look.Start)
        {
            if (await look.AtKeptConnectionAsync() is { } result)
            {
                return result;
            }

            // The peer cannot be asked, or ended the connection at our question: a fresh handshake takes its place.
            look.BeginAgain();
            _link.EndProbe(AfterProbe.Close);
            opened = await _link.OpenAsync(look.Deadline);
        }

        if (opened.Kind == LinkOutcomeKind.Opened && _link.Peer is { VersionMajor: 3, VersionMinor: 0, SocketType: "PUSH" })
        {
            opened = opened with { Kind = LinkOutcomeKind.Failed, Error = GivesToAnyConnection };
        }

        opened = opened.Error is { } error ? opened with { Error = _lastAnswer.Judge(error) } : opened;
        return opened.Kind == LinkOutcomeKind.Opened ? look.Opened(opened) : look.Failed(opened, isOpening: true);
    }

    /// <inheritdoc />
    public void Dispose() => _link.Dispose();

    /// <inheritdoc />
    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent) => _observer.OnConnectionEvent(connectionEvent);

    /// <inheritdoc />
    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message)
    {
        // Nothing was asked, so nothing can be stale.
    }
}
