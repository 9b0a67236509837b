using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Prometheus;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Catalog;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Targets;

namespace ZmqExporter.Metrics;

/// <summary>Everything that <c>/metrics</c> shows: snapshots of the targets, and the registry with the exporter's own series. Thread-safe.</summary>
internal sealed class ExporterMetrics
{
    private const int ChunkSize = 64 << 10;

    // A registry of our own: the library's default one brings 56 to 82 series, some under names that promtool rejects.
    private readonly CollectorRegistry _registry = new();
    private readonly TargetSet _targets;
    private volatile Shown _shown;
    private ImmutableArray<Action> _collectors = [];

    /// <param name="targets">Whose series.</param>
    /// <param name="detail">How much is exported of each.</param>
    /// <param name="time">For the timestamps.</param>
    public ExporterMetrics(TargetSet targets, MetricsDetail detail, TimeProvider time)
    {
        _targets = targets;
        _shown = new Shown(detail, MetricCatalog.For(detail));
        var families = new FamilyFactory(_registry);
        Self = new SelfMetrics(families, BuildInfo.Current, time);
        AddCollector(new ClockMetrics(families, time).Collect);
        AddCollector(new RuntimeMetrics(families).Collect);
        if (OperatingSystem.IsLinux())
        {
            AddCollector(new ProcessMetrics(families).Collect);
            AddCollector(DescriptorMetrics.OfThisProcess(families, time).Collect);
        }
    }

    /// <summary>The self-monitoring metrics.</summary>
    public SelfMetrics Self { get; }

    /// <summary>Shows another detail of the targets from the next scrape on.</summary>
    public void SetDetail(MetricsDetail detail) => _shown = new Shown(detail, MetricCatalog.For(detail));

    /// <summary>Adds figures that are read at each scrape, from any thread; an exception is counted and does not stop the scrape.</summary>
    public void AddCollector(Action collect) => ImmutableInterlocked.Update(ref _collectors, (all, one) => all.Add(one), collect);

    /// <summary>Writes every series. Each target's series are of one moment. Holds no lock while it writes: a slow reader cannot stop a
    /// probe from being recorded.</summary>
    public async Task WriteAsync(Stream to, MetricsFormat format, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(to);

        // Called here, not through the library's callbacks: those swallow exceptions.
        foreach (var collect in _collectors)
        {
            Run(collect);
        }

        await WriteTargetsAsync(to, format, cancellationToken);
        await RegistryExport.WriteAsync(_registry, to, format, cancellationToken); // the last one, because it ends with OpenMetrics' EOF
    }

    private async Task WriteTargetsAsync(Stream to, MetricsFormat format, CancellationToken cancellationToken)
    {
        var shown = _shown;
        using var writer = SampleWriter.For(format, shown.Detail);
        var snapshots = _targets.Snapshots(writer.ShowsExponential, withExamples: writer.ShowsExamples);
        using var labels = CommonLabels.Encode(snapshots, writer);
        foreach (var family in shown.Families.AddRange(ValueMetrics.Of(snapshots)))
        {
            if (writer.NeedsLengths)
            {
                Measure(family, snapshots, labels, writer);
            }

            writer.Begin(family);
            for (var next = 0; next < snapshots.Length;)
            {
                next = WriteChunk(snapshots, next, labels, writer);
                if (writer.Buffer.Length >= ChunkSize)
                {
                    await SendAsync(writer.Buffer, to, cancellationToken);
                }
            }
        }

        await SendAsync(writer.Buffer, to, cancellationToken);
    }

    // Returns the first target for which there was no room.
    [MethodImpl(FirstScrape.Hot)]
    private static int WriteChunk(TargetSnapshot[] snapshots, int first, EncodedLabels labels, SampleWriter writer)
    {
        var next = first;
        while (next < snapshots.Length && writer.Buffer.Length < ChunkSize)
        {
            writer.Write(snapshots[next], labels[next]);
            next++;
        }

        return next;
    }

    [MethodImpl(FirstScrape.Hot)]
    private static void Measure(MetricFamily family, TargetSnapshot[] snapshots, EncodedLabels labels, SampleWriter writer)
    {
        writer.Measure(family);
        for (var i = 0; i < snapshots.Length; i++)
        {
            writer.Write(snapshots[i], labels[i]);
        }
    }

    private static async Task SendAsync(ByteBuffer buffer, Stream to, CancellationToken cancellationToken)
    {
        await to.WriteAsync(buffer.WrittenMemory, cancellationToken);
        buffer.Clear();
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
            Self.CollectFailed();
        }
    }

    private sealed record Shown(MetricsDetail Detail, ImmutableArray<MetricFamily> Families);
}
