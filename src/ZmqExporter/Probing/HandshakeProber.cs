using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// <c>prober: handshake</c>: makes a new connection as a client would, up to the peer's READY, and asks nothing more: a process that ends
/// a handshake lives. Says whether a server is reachable and nothing about the application behind it. A PUSH, a DEALER, a REQ and a PAIR
/// give their messages to every peer that takes part: of those it only looks at the READY, where the mechanism allows it.
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

    public HandshakeProber(TargetConfig target, IMessageClient client, TimeProvider time, IProbeObserver observer)
    {
        _observer = observer;
        _time = time;
        _module = target.Module;
        _link = client.CreateLink(target, ((HandshakeProberConfig)target.Module.Prober).Socket, reconnects: false, this);
    }

    /// <inheritdoc />
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        using var stop = stopping.UnsafeRegister(static link => ((IMessageLink)link!).Dispose(), _link);
        var start = _time.GetTimestamp();
        var opened = await _link.OpenAsync(start + Ticks(_module.Timeout));
        var isOld = _link.Peer is { VersionMajor: 3, VersionMinor: 0 };
        if (opened.Kind == LinkOutcomeKind.Opened && isOld && _link.Peer is { SocketType: "PUSH" })
        {
            opened = opened with { Kind = LinkOutcomeKind.Failed, Error = GivesToAnyConnection };
        }

        var result = opened.Kind == LinkOutcomeKind.Opened ? Answered(start, opened.Timestamp) : Failed(opened);
        var timings = _link.Timings;
        result = result with
        {
            Elapsed = _time.GetElapsedTime(start),
            Phases = new PhaseDurations(timings.Resolve, timings.Connect, timings.Handshake, Ping: null, Request: null),
            Peer = _link.Peer,
            OnlyLooked = _link.OnlyLooks && !isOld, // an old one may have given work before it said who it is
        };
        _link.EndProbe(AfterProbe.Close);
        return result;
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

    // In time or late by when the peer's READY came, measured from the start as with a request; the round trip is the handshake's alone.
    private ProbeResult Answered(long start, long ready)
    {
        var isLate = ready - start > Ticks(_module.Policy.LateAfter);
        return new ProbeResult
        {
            Outcome = isLate ? ProbeOutcome.Late : ProbeOutcome.OnTime,
            Detail = isLate ? "the handshake ended late" : "",
            Reachable = true,
            RoundTrip = _link.Timings.Handshake,
        };
    }

    private ProbeResult Failed(LinkOutcome outcome)
    {
        var error = outcome.Error ?? new ZmtpError(ZmtpErrorCode.Local, "the connection attempt did not end");
        return error.Code == ZmtpErrorCode.Local
            ? new ProbeResult { Outcome = ProbeOutcome.LocalError, Reason = FailureReason.LocalError, Detail = error.Message }
            : new ProbeResult
            {
                Outcome = ProbeOutcome.Miss,
                Reason = ProbeFailures.Reason(error.Code),
                Detail = error.Message,
                Reachable = ProbeFailures.IsReachable(error.Code, _link.HasGreeted, isOpening: true),
            };
    }

    private long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * _time.TimestampFrequency);
}
