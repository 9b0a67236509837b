using Prometheus;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Catalog;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Metrics;

/// <summary>What is pushed to the exporter. Thread-safe.</summary>
internal sealed class HeartbeatListenerMetrics
{
    private readonly Counter _taken;
    private readonly Counter _refused;
    private readonly Gauge _connections;

    /// <param name="families">A factory without labels.</param>
    public HeartbeatListenerMetrics(FamilyFactory families)
    {
        _taken = families.HiddenCounter(MetricNames.HeartbeatsTaken, "Heartbeats that were pushed to this exporter and that a target expects.");
        _refused = families.Counter(
            MetricNames.HeartbeatsRefused, "Heartbeats, and peers that would push them, that this exporter refused, by reason.", MetricLabels.Reason);
        _connections = families.HiddenGauge(MetricNames.HeartbeatConnections, "Open connections of those who push heartbeats to this exporter.");
    }

    /// <summary>This exporter listens: from here on the series exist.</summary>
    public void Begin()
    {
        _taken.Publish();
        _connections.Set(0);
        foreach (var reason in EnumLabels<HeartbeatRefusal>.All)
        {
            _ = _refused.WithLabels(reason);
        }
    }

    /// <summary>A heartbeat came that a target expects.</summary>
    public void Taken() => _taken.Inc();

    /// <summary>A heartbeat or a peer was refused.</summary>
    public void Refused(HeartbeatRefusal reason) => _refused.WithLabels(EnumLabels<HeartbeatRefusal>.All[(int)reason]).Inc();

    /// <summary>So many connections are open.</summary>
    public void SetConnections(int count) => _connections.Set(count);
}

/// <summary>Why a heartbeat, or a peer that would push some, was refused: a closed set.</summary>
internal enum HeartbeatRefusal
{
    /// <summary>The peer does not speak ZMTP.</summary>
    NotZmtp,

    /// <summary>Its ZMTP is older than 3.0.</summary>
    Version,

    /// <summary>It offers another security mechanism.</summary>
    Mechanism,

    /// <summary>Its user, password or key is not allowed.</summary>
    Auth,

    /// <summary>It is no socket that pushes.</summary>
    SocketType,

    /// <summary>It did not end its handshake in time.</summary>
    HandshakeTimeout,

    /// <summary>It broke ZMTP's grammar, or sent too much in too short a time.</summary>
    Protocol,

    /// <summary>A message was larger than any heartbeat.</summary>
    TooLarge,

    /// <summary>Too many peers are connected, or come in too short a time.</summary>
    TooManyConnections,

    /// <summary>A message is no heartbeat.</summary>
    Malformed,

    /// <summary>No target expects heartbeats of this service.</summary>
    UnknownName,
}
