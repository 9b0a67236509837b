using System.Collections.Frozen;
using Zmtp;

namespace ZmqExporter.Metrics;

/// <summary>A peer's description as label values.</summary>
/// <remarks>The peer chooses its words and may be hostile: a new word at each connect would make a new series in Prometheus each
/// time. So each value comes from a closed set, and what is outside of it reads "other".</remarks>
internal static class PeerLabels
{
    private const string Other = "other";

    // RFC 23, 24, 26 and 38.
    private static readonly FrozenSet<string> Mechanisms = FrozenSet.Create(StringComparer.Ordinal, "NULL", "PLAIN", "CURVE", "GSSAPI");

    // zmq_socket(3), with the draft types of libzmq 4.3.
    private static readonly FrozenSet<string> SocketTypes = FrozenSet.Create(
        StringComparer.Ordinal,
        "REQ", "REP", "DEALER", "ROUTER", "PUB", "SUB", "XPUB", "XSUB", "PUSH", "PULL", "PAIR", "STREAM",
        "CLIENT", "SERVER", "RADIO", "DISH", "GATHER", "SCATTER", "PEER", "CHANNEL", "DGRAM");

    /// <summary>The labels of a peer: its version, such as "3.1", its mechanism, and its socket type, which is absent when the peer did not say.</summary>
    public static LabelSet From(PeerInfo peer) => new(
        (MetricLabels.ZmtpVersion, peer is { VersionMajor: >= 0 and <= 9, VersionMinor: >= 0 and <= 9 } ? peer.Version : Other),
        (MetricLabels.Mechanism, Mechanisms.Contains(peer.Mechanism) ? peer.Mechanism : Other),
        (MetricLabels.SocketType, peer.SocketType is null ? "" : SocketTypes.Contains(peer.SocketType) ? peer.SocketType : Other));
}
