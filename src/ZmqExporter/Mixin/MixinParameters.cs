using System.Collections.Immutable;
using ZmqExporter.Configuration;

namespace ZmqExporter.Mixin;

/// <summary>What rules and dashboards are rendered with. The defaults are what the files of the repository have.</summary>
internal sealed record MixinParameters
{
    /// <summary>Where the runbook is, as the files of the repository have it.</summary>
    public const string DefaultRunbookBase = "https://zmq-exporter.example/docs/runbook.md";

    /// <summary>Where Grafana is, as the files of the repository have it.</summary>
    public const string DefaultDashboardBase = "https://grafana.example";

    /// <summary>What the files of the repository have.</summary>
    public static MixinParameters Default { get; } = new();

    /// <value>Conditions for every series; none by default.</value>
    public ImmutableArray<LabelMatcher> Selector { get; init; } = [];

    /// <value>Where the runbook is.</value>
    public string RunbookBase { get; init; } = DefaultRunbookBase;

    /// <value>Where Grafana is.</value>
    public string DashboardBase { get; init; } = DefaultDashboardBase;

    /// <value>Where the exporter's pages are; null when each exporter says so itself.</value>
    public string? PageBase { get; init; }

    /// <value>The label that tells clusters apart; null when only the rules for shards have one.</value>
    public string? ClusterLabel { get; init; }

    /// <value>The severity of pages.</value>
    public string SeverityPage { get; init; } = "critical";

    /// <value>The severity of tickets.</value>
    public string SeverityTicket { get; init; } = "warning";

    /// <value>Further labels of each alert.</value>
    public EquatableMap<string> Labels { get; init; } = EquatableMap<string>.Empty;

    /// <value>The alerts that are left out.</value>
    public ImmutableHashSet<string> Disabled { get; init; } = [];

    /// <value>The thresholds that are not the default, by their keys.</value>
    public ImmutableDictionary<string, decimal> Thresholds { get; init; } = ImmutableDictionary<string, decimal>.Empty;

    /// <summary>The conditions for the series of a metric, as PromQL has them. What rules record, and alerts, have few labels left of those
    /// that were scraped: only those that every rule groups by.</summary>
    public string MatchersFor(string metric)
    {
        var isRecorded = metric.Contains(':', StringComparison.Ordinal) || metric is "ALERTS" or "ALERTS_FOR_STATE";
        return string.Join(", ", Selector.Where(matcher => !isRecorded || matcher.Label == "job" || matcher.Label == ClusterLabel).Select(matcher => matcher.Text));
    }
}
