using System.Collections.Immutable;
using Prometheus;

namespace ZmqExporter.Metrics;

/// <summary>Registers the exporter's own metric families. Thread-safe.</summary>
/// <param name="registry">Where they go.</param>
internal sealed class FamilyFactory(CollectorRegistry registry)
{
    // Without this each update looks for a trace context to link to.
    private static readonly ExemplarBehavior NoExemplars = ExemplarBehavior.NoExemplars();

#pragma warning disable RS0030 // The only way to a factory over a registry of one's own; the static registry stays unused.
    private readonly MetricFactory _factory = Prometheus.Metrics.WithCustomRegistry(registry);
#pragma warning restore RS0030

    /// <summary>A gauge whose series exist from their creation.</summary>
    public Gauge Gauge(string name, string help, params string[] labels) =>
        _factory.CreateGauge(name, help, labels);

    /// <summary>A gauge whose series appear with their first value and can be hidden again.</summary>
    public Gauge HiddenGauge(string name, string help, params string[] labels) =>
        _factory.CreateGauge(name, help, labels, new GaugeConfiguration { SuppressInitialValue = true });

    /// <summary>A counter from 0.</summary>
    public Counter Counter(string name, string help, params string[] labels) =>
        _factory.CreateCounter(name, help, labels, new CounterConfiguration { ExemplarBehavior = NoExemplars });

    /// <summary>A counter whose series appear with their first value and can be hidden again.</summary>
    public Counter HiddenCounter(string name, string help) =>
        _factory.CreateCounter(
            name, help, new CounterConfiguration { ExemplarBehavior = NoExemplars, SuppressInitialValue = true });

    /// <summary>A histogram of seconds.</summary>
    public Histogram Histogram(string name, string help, ImmutableArray<double> buckets) =>
        _factory.CreateHistogram(
            name, help, new HistogramConfiguration { Buckets = [.. buckets], ExemplarBehavior = NoExemplars });
}
