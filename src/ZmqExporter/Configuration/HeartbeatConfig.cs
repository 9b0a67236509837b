using ZmqExporter.Heartbeat;

namespace ZmqExporter.Configuration;

/// <summary><c>heartbeat</c>: the prober speaks the protocol of docs/protocol/heartbeat.md.</summary>
/// <param name="Service">The service that is meant; empty for the server as a whole, and of a feed for all that come.</param>
internal sealed record HeartbeatConfig(string Service = "")
{
    /// <summary>The default of <c>startup_grace</c> of a feed, whose interval nobody knows before its first beat: two of 60 s, and a grace.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(150);

    /// <summary>What its numbers become: one metric with the number's name as a label.</summary>
    public static ValueConfig Numbers { get; } = new(
        "zmq_heartbeat_value",
        "Numbers that a server tells of itself in its heartbeat, by their names there.",
        ValueKind.Gauge,
        SourceConfig.Of(0),
        Labels: [new ValueLabelConfig("name", Path: null)],
        MaxSeries: HeartbeatProtocol.MaxNumbers);
}
