using System.Collections.Immutable;
using Prometheus;
using ZmqExporter.Configuration;

namespace ZmqExporter.Metrics;

/// <summary>Everything that <c>/metrics</c> shows: owns the registry and makes the instruments. Thread-safe.</summary>
internal sealed class ExporterMetrics
{
    // A registry of our own: the library's default one brings 56 to 82 series, some under names that promtool rejects.
    private readonly CollectorRegistry _registry = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Target, string Module), TargetInstruments> _targets = [];
    private readonly MetricsConfig _config;
    private readonly TimeProvider _time;
    private ImmutableArray<Action> _collectors = [];
    private TargetFamilies _families;

    /// <param name="config">How much is exported.</param>
    /// <param name="targetLabels">Names of the custom labels of all targets.</param>
    /// <param name="time">For the timestamps.</param>
    /// <exception cref="ArgumentException">A custom label has a reserved name (<see cref="TargetLabels.Reserved"/>).</exception>
    public ExporterMetrics(MetricsConfig config, IEnumerable<string> targetLabels, TimeProvider time)
    {
        _config = config;
        _time = time;
        var families = new FamilyFactory(_registry, []);
        Exporter = new ExporterInstruments(families, BuildInfo.Current, time);
        _families = CreateFamilies(targetLabels);
        AddCollector(new RuntimeMetrics(families).Collect);
        if (OperatingSystem.IsLinux())
        {
            AddCollector(new ProcessMetrics(families).Collect);
            AddCollector(DescriptorMetrics.OfThisProcess(families, time).Collect);
        }
    }

    /// <summary>The exporter's figures of itself.</summary>
    public ExporterInstruments Exporter { get; }

    /// <summary>Makes the series of a target, all of them from the start.</summary>
    /// <remarks>When the same target and module has series already, theirs go first and their late disposal does nothing: a reload
    /// may replace a target in either order.</remarks>
    /// <exception cref="ArgumentException">A custom label has a reserved name (<see cref="TargetLabels.Reserved"/>).</exception>
    public TargetInstruments CreateTarget(TargetConfig target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var key = (target.Name, target.Module.Name);
        lock (_gate)
        {
            if (target.Labels.Keys.Except(_families.Labels, StringComparer.Ordinal).Any())
            {
                // A reload brought a new label. Older targets keep their families: for Prometheus an absent label is an empty one.
                _families = CreateFamilies([.. _families.Labels, .. target.Labels.Keys]);
            }

            _targets.GetValueOrDefault(key)?.Dispose();
            var instruments = new TargetInstruments(_families, target, _time, removed => Forget(key, removed));
            _targets[key] = instruments;
            return instruments;
        }
    }

    /// <summary>Adds figures that are read at each scrape, from any thread; an exception is counted and does not stop the scrape.</summary>
    public void AddCollector(Action collect) => ImmutableInterlocked.Update(ref _collectors, (all, one) => all.Add(one), collect);

    /// <summary>Writes every series. Holds no lock while it writes: a slow reader cannot stop a probe from being recorded.</summary>
    public Task WriteAsync(Stream to, MetricsFormat format, CancellationToken cancellationToken)
    {
        // Called here, not through the library's callbacks: those swallow exceptions.
        foreach (var collect in _collectors)
        {
            Run(collect);
        }

        var exposition = format == MetricsFormat.OpenMetrics ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText;
        return _registry.CollectAndExportAsTextAsync(to, exposition, cancellationToken);
    }

    private TargetFamilies CreateFamilies(IEnumerable<string> targetLabels)
    {
        ImmutableArray<string> labels = [.. targetLabels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (labels.FirstOrDefault(TargetLabels.Reserved.Contains) is { } reserved)
        {
            throw new ArgumentException($"a target cannot have a label named \"{reserved}\": the exporter or Prometheus sets it", nameof(targetLabels));
        }

        return new TargetFamilies(_registry, _config, labels);
    }

    private void Run(Action collect)
    {
        try
        {
            collect();
        }
#pragma warning disable CA1031 // Whatever it was, the targets matter more than our own memory figures.
        catch (Exception)
#pragma warning restore CA1031
        {
            Exporter.CollectFailed();
        }
    }

    private void Forget((string Target, string Module) key, TargetInstruments removed)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_targets.GetValueOrDefault(key), removed))
            {
                _targets.Remove(key);
            }
        }
    }
}
