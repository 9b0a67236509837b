using Prometheus;
using ZmqExporter.Metrics.Catalog;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Metrics;

/// <summary>How the sources of targets are. Thread-safe.</summary>
internal sealed class DiscoveryMetrics
{
    private readonly Gauge _targets;
    private readonly Gauge _conflicts;
    private readonly Gauge _successful;
    private readonly Gauge _lastSuccess;
    private readonly Gauge _refreshInterval;
    private readonly Counter _failures;
    private readonly TimeProvider _time;

    public DiscoveryMetrics(FamilyFactory families, TimeProvider time)
    {
        _time = time;
        _targets = families.Gauge(MetricNames.DiscoveryTargets, "Targets of a source, those that are left out included.", MetricLabels.Source);
        _conflicts = families.Gauge(
            MetricNames.DiscoveryConflicts, "Targets of a source that are left out, because another one has their name.", MetricLabels.Source);
        _successful = families.Gauge(
            MetricNames.DiscoverySuccessful, "1 when all lists of a source were good the last time that it was looked at, else 0.", MetricLabels.Source);
        _lastSuccess = families.HiddenGauge(
            MetricNames.DiscoveryLastSuccessTimestamp, "Unix time at which all lists of a source were good last.", MetricLabels.Source);
        _refreshInterval = families.Gauge(MetricNames.DiscoveryRefreshInterval, "How often a source is looked at.", MetricLabels.Source);
        _failures = families.Counter(MetricNames.DiscoveryFailures, "Times that a list of a source could not be read or was wrong.", MetricLabels.Source);
    }

    /// <summary>A source is one of ours from now on.</summary>
    /// <param name="source">Which one.</param>
    /// <param name="refreshInterval">How often it is looked at.</param>
    public void Add(string source, TimeSpan refreshInterval)
    {
        _failures.WithLabels(source);
        _refreshInterval.WithLabels(source).Set(refreshInterval.TotalSeconds);
    }

    /// <summary>The targets of all sources were put together.</summary>
    /// <param name="source">Which one.</param>
    /// <param name="targets">How many targets it has.</param>
    /// <param name="conflicts">How many of them are left out.</param>
    public void Set(string source, int targets, int conflicts)
    {
        _targets.WithLabels(source).Set(targets);
        _conflicts.WithLabels(source).Set(conflicts);
    }

    /// <summary>A source was looked at.</summary>
    /// <param name="source">Which one.</param>
    /// <param name="isGood">Whether all of its lists are good.</param>
    /// <param name="isNews">Whether that is known as of now.</param>
    public void Set(string source, bool isGood, bool isNews)
    {
        _successful.WithLabels(source).Set(isGood ? 1 : 0);
        if (isGood && isNews)
        {
            _lastSuccess.WithLabels(source).Set(_time.GetUtcNow());
        }
    }

    /// <summary>A list of a source could not be read or was wrong.</summary>
    public void Failed(string source) => _failures.WithLabels(source).Inc();

    /// <summary>A source is gone, and so are its series.</summary>
    public void Remove(string source)
    {
        _targets.RemoveLabelled(source);
        _conflicts.RemoveLabelled(source);
        _successful.RemoveLabelled(source);
        _lastSuccess.RemoveLabelled(source);
        _refreshInterval.RemoveLabelled(source);
        _failures.RemoveLabelled(source);
    }
}
