using System.Collections.Concurrent;
using System.Collections.Frozen;
using ZmqExporter.Metrics.Exposition;
using Zmtp;

namespace ZmqExporter.Metrics.Catalog;

/// <summary>A peer's description as label values.</summary>
/// <remarks>The peer chooses its words and may be hostile: a new word at each connect would make a new series in Prometheus each
/// time. So each value comes from a closed set, and what is outside of it reads "other".</remarks>
internal static class PeerLabels
{
    private const string Other = "other";
    private const int OtherVersion = -1;

    // RFC 23, 24, 26 and 38.
    private static readonly FrozenSet<string> Mechanisms = FrozenSet.Create(StringComparer.Ordinal, "NULL", "PLAIN", "CURVE", "GSSAPI");

    // zmq_socket(3), with the draft types of libzmq 4.3.
    private static readonly FrozenSet<string> SocketTypes = FrozenSet.Create(
        StringComparer.Ordinal,
        "REQ", "REP", "DEALER", "ROUTER", "PUB", "SUB", "XPUB", "XSUB", "PUSH", "PULL", "PAIR", "STREAM",
        "CLIENT", "SERVER", "RADIO", "DISH", "GATHER", "SCATTER", "PEER", "CHANNEL", "DGRAM");

    // The values come from closed sets, so that this cannot grow without end, and all targets share what is in it.
    private static readonly ConcurrentDictionary<(int Version, string Mechanism, string SocketType), LabelSet> Known = [];

    /// <summary>The labels of a peer: its version, such as "3.1", its mechanism, and its socket type, which is absent when the peer did not say.</summary>
    public static LabelSet From(PeerInfo peer)
    {
        var isVersion = peer is { VersionMajor: >= 0 and <= 9, VersionMinor: >= 0 and <= 9 };
        var key = (
            isVersion ? (10 * peer.VersionMajor) + peer.VersionMinor : OtherVersion,
            Mechanisms.Contains(peer.Mechanism) ? peer.Mechanism : Other,
            peer.SocketType is null ? "" : SocketTypes.Contains(peer.SocketType) ? peer.SocketType : Other);
        return Known.GetOrAdd(key, static (key, peer) => new LabelSet(
            (MetricLabels.ZmtpVersion, key.Version == OtherVersion ? Other : peer.Version), (MetricLabels.Mechanism, key.Mechanism), (MetricLabels.SocketType, key.SocketType)), peer);
    }
}
