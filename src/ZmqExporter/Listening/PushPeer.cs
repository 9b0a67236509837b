using ZmqExporter.Probing;
using Zmtp;
using Zmtp.Listening;

namespace ZmqExporter.Listening;

/// <summary>A peer of the listener, as probes see it. Thread-safe.</summary>
internal sealed class PushPeer(ListenerPeer peer) : IPushPeer
{
    /// <inheritdoc />
    public string Words => peer.Words;

    /// <inheritdoc />
    public bool KnowsPing => peer.KnowsPing;

    /// <inheritdoc />
    public bool EndedAtPing => peer.EndedAtPing;

    /// <inheritdoc />
    public bool? IsAcknowledged => peer.IsAcknowledged;

    /// <inheritdoc />
    public Timestamp KeptAwayAt => peer.KeptAwayAt;

    /// <inheritdoc />
    public ListenerPing? Ping() => peer.Ping();
}
