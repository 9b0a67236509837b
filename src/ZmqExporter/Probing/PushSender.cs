using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Who pushed heartbeats: one connection. Thread-safe.</summary>
/// <param name="peer">The connection's other end.</param>
internal sealed class PushSender(IPushPeer peer)
{
    private Timestamp _closedAt;
    private volatile string _why = "";
    private volatile bool _isOurDoing;

    /// <summary>The connection's other end.</summary>
    public IPushPeer Peer => peer;

    /// <summary>When its connection was over; not set before.</summary>
    public Timestamp ClosedAt => Timestamp.VolatileRead(ref _closedAt);

    /// <summary>Why; empty before.</summary>
    public string Why => _why;

    /// <summary>When this process last did something that may have kept its heartbeats away: it ended the connection, or turned away who may have come again.</summary>
    public Timestamp HinderedAt => !ClosedAt.IsSet ? Timestamp.None : Timestamp.Max(_isOurDoing ? ClosedAt : Timestamp.None, peer.KeptAwayAt);

    /// <summary>Its connection is over.</summary>
    /// <param name="at">When.</param>
    /// <param name="why">Why, in words.</param>
    /// <param name="isOurDoing">Whether this process ended it, for a reason of its own.</param>
    public void OnClosed(Timestamp at, string why, bool isOurDoing = false)
    {
        _why = why;
        _isOurDoing = isOurDoing;
        Timestamp.VolatileWrite(ref _closedAt, at);
    }
}
