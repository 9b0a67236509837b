using System.Collections.Frozen;

namespace ZmqExporter.Configuration;

/// <summary>The labels that a user gives to a target.</summary>
internal static class TargetLabels
{
    /// <summary>Labels that the exporter's own series or Prometheus set.</summary>
    internal static FrozenSet<string> Reserved { get; } = FrozenSet.ToFrozenSet(
        [
            "target", "module", "instance", "job", "le", "quantile", "state", "to", "reason", "phase", "event", "mapping", "endpoint", "prober",
            "client", "zmtp_version", "mechanism", "socket_type", "version", "revision",
        ],
        StringComparer.Ordinal);
}
