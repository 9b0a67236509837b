using Prometheus;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Catalog;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Metrics;

/// <summary>The self-monitoring metrics of the exporter. Thread-safe.</summary>
internal sealed class SelfMetrics
{
    private readonly Gauge _externalUrl;
    private readonly Gauge.Child _targets;
    private readonly Gauge.Child _targetsRefused;
    private readonly Gauge.Child _shard;
    private readonly Gauge.Child _shards;
    private readonly Gauge.Child _probesInFlight;
    private readonly Histogram.Child _scheduleDelay;
    private readonly Histogram.Child _measurementError;
    private readonly Counter.Child _probesSkipped;
    private readonly Gauge.Child _descriptorsInUse;
    private readonly Gauge.Child _descriptorsLimit;
    private readonly Counter.Child _netMqRestarts;
    private readonly Gauge _netMqQuarantined;
    private readonly Counter.Child _collectErrors;
    private readonly Gauge.Child _stateSaved;
    private readonly Counter.Child _stateSaveFailures;
    private readonly TimeProvider _time;

    /// <param name="families">A factory without labels.</param>
    /// <param name="build">Which build this is.</param>
    /// <param name="time">For the timestamps.</param>
    public SelfMetrics(FamilyFactory families, BuildInfo build, TimeProvider time)
    {
        families.Gauge(MetricNames.BuildInfo, "Which build this is; always 1.", MetricLabels.Version, MetricLabels.Revision)
            .WithLabels(build.Version, build.Revision)
            .Set(1);
        _externalUrl = families.Gauge(MetricNames.ExternalUrlInfo, "Under which URL people reach this exporter; always 1.", MetricLabels.Url);
        _targets = families.Gauge(MetricNames.Targets, "Targets × modules that are scheduled.").WithLabels();
        _targetsRefused = families.Gauge(
            MetricNames.TargetsRefused, "Targets × modules that are not probed, because there is no memory for them.").WithLabels();
        _shard = families.Gauge(MetricNames.Shard, "Which shard of the targets this exporter probes, from 0.").WithLabels();
        _shards = families.Gauge(MetricNames.Shards, "Into how many shards the targets are divided; 1 when this exporter probes all.").WithLabels();
        SetShard(Shard.Whole);
        _probesInFlight = families.Gauge(MetricNames.ProbesInFlight, "Probes that run now.").WithLabels();
        _scheduleDelay = families.Histogram(
            MetricNames.ScheduleDelay,
            "Start of a probe against its due time in seconds.",
            [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.5, 5.5, 15.5]).WithLabels();
        _measurementError = families.Histogram(
            MetricNames.MeasurementError,
            "What probes of a peer inside the exporter measure beyond zero, in seconds.",
            [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5]).WithLabels();
        _probesSkipped = families.Counter(
            MetricNames.ProbesSkipped,
            "Probes that were not made: the last one of their target still ran, the exporter itself was stalled, or too many connections went to the same address.").WithLabels();
        _descriptorsInUse = families.Gauge(
            MetricNames.DescriptorsInUse, "File descriptors that connections to targets and look-ups of names have.").WithLabels();
        _descriptorsLimit = families.Gauge(
            MetricNames.DescriptorsLimit, "Most file descriptors that connections to targets and look-ups of names may have.").WithLabels();
        _netMqRestarts = families.Counter(
            MetricNames.NetMqRestarts, "NetMQ worker processes that ended and were started again.").WithLabels();
        _netMqQuarantined = families.Gauge(
            MetricNames.NetMqQuarantined, "Servers that NetMQ does not connect to, because what they sent killed a worker process; always 1.", MetricLabels.Endpoint);
        _collectErrors = families.Counter(
            MetricNames.CollectErrors, "Figures of the process that a scrape could not read.").WithLabels();
        _stateSaved = families.Gauge(
            MetricNames.StateSavedTimestamp, "Unix time at which the state file was last written; 0 without one.").WithLabels();
        _stateSaveFailures = families.Counter(MetricNames.StateSaveFailures, "Times that the state file could not be written.").WithLabels();
        _time = time;
        Reloads = new ReloadMetrics(families, time);
        WebConfig = new WebConfigMetrics(families);
        Discovery = new DiscoveryMetrics(families, time);
        Heartbeats = new HeartbeatListenerMetrics(families);
    }

    /// <summary>How the last reload of the config went.</summary>
    public ReloadMetrics Reloads { get; }

    /// <summary>Whether the web config is in force.</summary>
    public WebConfigMetrics WebConfig { get; }

    /// <summary>How the sources of targets are.</summary>
    public DiscoveryMetrics Discovery { get; }

    /// <summary>What is pushed to the exporter.</summary>
    public HeartbeatListenerMetrics Heartbeats { get; }

    /// <summary>Under which URL people reach the exporter; null when nobody said. Called once.</summary>
    public void SetExternalUrl(string? url)
    {
        if (url is not null)
        {
            _externalUrl.WithLabels(url).Set(1);
        }
    }

    /// <summary>A probe starts, this long after it was due.</summary>
    public void ProbeStarted(TimeSpan scheduleDelay)
    {
        _probesInFlight.Inc();
        _scheduleDelay.Observe(Math.Max(0, scheduleDelay.TotalSeconds)); // a timer may fire a tick early
    }

    /// <summary>A probe of the canary measured this, or waited so long in vain.</summary>
    public void MeasurementErred(TimeSpan error) => _measurementError.Observe(error.TotalSeconds);

    /// <summary>A probe ended.</summary>
    public void ProbeEnded() => _probesInFlight.Dec();

    /// <summary>Probes were due while the last one of their target still ran, or while we were stalled.</summary>
    public void ProbesSkipped(long count) => _probesSkipped.Inc(count);

    /// <summary>How many targets × modules are scheduled.</summary>
    public void SetTargets(int count) => _targets.Set(count);

    /// <summary>Which of the targets are probed.</summary>
    public void SetShard(Shard shard)
    {
        _shard.Set(shard.Index);
        _shards.Set(shard.Count);
    }

    /// <summary>How many targets × modules are not probed, because there is no memory for them.</summary>
    public void SetRefused(int count) => _targetsRefused.Set(count);

    /// <summary>How many descriptors connections to targets have, and how many they may have.</summary>
    public void SetDescriptors(int inUse, int limit)
    {
        _descriptorsInUse.Set(inUse);
        _descriptorsLimit.Set(limit == int.MaxValue ? double.PositiveInfinity : limit);
    }

    /// <summary>A NetMQ worker process ended and was started again.</summary>
    public void NetMqRestarted() => _netMqRestarts.Inc();

    /// <summary>The state file was written, or could not be.</summary>
    public void StateSaved(bool success)
    {
        if (success)
        {
            _stateSaved.Set(_time.GetUtcNow());
        }
        else
        {
            _stateSaveFailures.Inc();
        }
    }

    /// <summary>The servers that NetMQ does not connect to now.</summary>
    public void SetQuarantined(IReadOnlyList<string> endpoints)
    {
        foreach (var labels in _netMqQuarantined.GetAllLabelValues())
        {
            if (!endpoints.Contains(labels[0], StringComparer.Ordinal))
            {
                _netMqQuarantined.RemoveLabelled(labels);
            }
        }

        foreach (var endpoint in endpoints)
        {
            _netMqQuarantined.WithLabels(endpoint).Set(1);
        }
    }

    /// <summary>Some figures could not be read for a scrape.</summary>
    public void CollectFailed() => _collectErrors.Inc();
}
