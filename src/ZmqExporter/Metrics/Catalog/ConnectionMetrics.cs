using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Metrics.Catalog;

/// <summary>What happened to the connections, and who is at their other end.</summary>
internal static class ConnectionMetrics
{
    private static readonly LabelSet?[] OfZmtp = LabelsWithout(ConnectionEvent.CloseFailed); // its sockets do not fail to close

    private static readonly LabelSet?[] OfNetMq = // its monitor tells nothing of handshakes
        LabelsWithout(ConnectionEvent.HandshakeSucceeded, ConnectionEvent.HandshakeFailed);

    public static ImmutableArray<MetricFamily> All { get; } =
    [
        new(
            MetricNames.ConnectionEvents,
            MetricType.Counter,
            "Events of the connection, under the names of libzmq's socket monitor. Unless detail is full, from the first one on.",
            (target, to) => CountsWriter.Write(
                to, target.Config.Module.Client == MessagingClient.Zmtp ? OfZmtp : OfNetMq, target.ConnectionEvents))
        {
            LeastDetail = MetricsDetail.Standard,
        },
        new(MetricNames.PeerInfo, MetricType.Info, "What the peer said of itself when it last spoke; always 1.", (target, to) =>
        {
            if (target.Peer is { } peer)
            {
                to.Value(PeerLabels.From(peer), 1);
            }
        })
        {
            LeastDetail = MetricsDetail.Standard,
        },
    ];

    private static LabelSet?[] LabelsWithout(params ConnectionEvent[] impossible)
    {
        LabelSet?[] labels = LabelSet.OnePerMember(MetricLabels.Event, EnumLabels<ConnectionEvent>.All);
        foreach (var one in impossible)
        {
            labels[(int)one] = null;
        }

        return labels;
    }
}
