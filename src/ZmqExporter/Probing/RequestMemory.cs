using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// What the probes of a request module remember from one to the next. Messages that no probe waits for come on any thread; the rest is
/// done by probes, which never overlap.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="maxConnectionAge">The module's setting.</param>
/// <param name="observer">Is notified of stale replies.</param>
internal sealed class RequestMemory(TimeProvider time, TimeSpan maxConnectionAge, IProbeObserver observer)
{
    private volatile bool _sawUnawaited;
    private volatile bool _owesReply; // the last probe ended without the reply that it waited for
    private volatile bool _sawLateReply;

    /// <summary>How the peer treats a PING.</summary>
    public PingMemory Pings { get; } = new(time, maxConnectionAge);

    /// <summary>When the target last showed that it speaks ZMTP.</summary>
    public LastAnswer LastAnswer { get; } = new(time);

    /// <summary>Replies that earlier probes did not get.</summary>
    public OwedReplies Owed { get; } = new(time);

    /// <summary>When the last probe ended.</summary>
    public Timestamp LastEnd { get; private set; }

    /// <summary>Whether the reply to an earlier probe came since that one ended.</summary>
    public bool SawLateReply => _sawLateReply;

    /// <summary>Whether a message came since the last call that nobody waited for.</summary>
    public bool TakeUnawaited()
    {
        var saw = _sawUnawaited;
        _sawUnawaited = false;
        return saw;
    }

    /// <summary>A message came between probes.</summary>
    public void OnUnawaited(ZmtpMessage message)
    {
        _sawUnawaited = true;
        if (_owesReply)
        {
            _sawLateReply = true;
        }

        observer.OnMessageReceived(message);
        OnStale();
    }

    /// <summary>A message came during a probe and before its request.</summary>
    public void OnUnasked()
    {
        _sawUnawaited = true;
        OnStale();
    }

    /// <summary>A reply came that answers no probe which still waits.</summary>
    public void OnStale()
    {
        Owed.OnReply();
        observer.OnStaleReply();
    }

    /// <summary>A probe has its result.</summary>
    /// <param name="owesReply">Whether it is one without the reply that the probe waited for.</param>
    public void OnResult(bool owesReply)
    {
        _sawLateReply = false;
        _owesReply = owesReply;
    }

    /// <summary>A probe has ended.</summary>
    public void OnEnd(ProbeResult result)
    {
        LastEnd = Timestamp.Now(time);
        LastAnswer.Note(result);
    }
}
