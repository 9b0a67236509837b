using System.Collections.Immutable;

namespace ZmqExporter.Configuration;

/// <summary>Which names the metrics of <c>values</c> may not have.</summary>
internal static class ValueNames
{
    /// <summary>The longest name.</summary>
    public const int MaxLength = 200;

    // Ours, and those that Prometheus or its client libraries set.
    private static readonly ImmutableArray<string> TakenPrefixes = ["zmq_", "probe_", "process_", "dotnet_", "prometheus_", "scrape_", "go_"];
    private static readonly ImmutableArray<string> TakenNames = ["up", "ALERTS", "ALERTS_FOR_STATE"];
    private static readonly ImmutableArray<string> OtherSuffixes = ["_total", "_count", "_sum", "_bucket", "_created", "_info"];

    /// <summary>Whether the exporter or Prometheus has such names.</summary>
    public static bool IsTaken(string name) =>
        TakenNames.Contains(name, StringComparer.Ordinal) || TakenPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The end of the name that a gauge may not have; null when there is none.</summary>
    public static string? SuffixOfOthers(string name) => OtherSuffixes.FirstOrDefault(suffix => name.EndsWith(suffix, StringComparison.Ordinal));
}
