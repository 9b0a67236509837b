using Prometheus;
using Zmtp;

namespace ZmqExporter.Metrics;

/// <summary>What the peers said of themselves.</summary>
internal sealed class PeerFamilies(FamilyFactory families)
{
    public Gauge Info { get; } = families.Gauge(
        MetricNames.PeerInfo,
        "What the peer said of itself when it last spoke; always 1.",
        MetricLabels.ZmtpVersion,
        MetricLabels.Mechanism,
        MetricLabels.SocketType);
}

/// <summary>A target's peer: one series at a time. Not thread-safe.</summary>
internal sealed class PeerInstruments(PeerFamilies families, TargetSeries series)
{
    private PeerInfo? _peer;
    private PeerLabels _labels;
    private Gauge.Child? _info;

    /// <summary>Shows the peer; null keeps the one that spoke last, since an outage does not change what it is.</summary>
    public void Record(PeerInfo? peer)
    {
        // A kept connection hands in the same object each time.
        if (peer is null || ReferenceEquals(peer, _peer))
        {
            return;
        }

        _peer = peer;
        var labels = PeerLabels.From(peer);
        if (_info is not null && labels == _labels)
        {
            return;
        }

        if (_info is not null)
        {
            series.Remove(_info);
        }

        _labels = labels;
        _info = series.Add(families.Info, labels.ZmtpVersion, labels.Mechanism, labels.SocketType);
        _info.Set(1);
    }
}
