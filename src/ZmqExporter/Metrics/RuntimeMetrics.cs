using System.Globalization;
using Prometheus;
using ZmqExporter.Metrics.Catalog;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Metrics;

/// <summary>A few figures of the .NET runtime. Thread-safe.</summary>
internal sealed class RuntimeMetrics
{
    private readonly Counter.Child[] _collections;
    private readonly Gauge.Child _heapSize;
    private readonly Gauge.Child _threads;
    private readonly Gauge.Child _queueLength;

    public RuntimeMetrics(FamilyFactory families)
    {
        var collections = families.Counter(
            MetricNames.GcCollections, "Garbage collections of this generation or an older one.", MetricLabels.Generation);
        _collections =
        [
            .. Enumerable.Range(0, GC.MaxGeneration + 1)
                .Select(generation => collections.WithLabels(generation.ToString(CultureInfo.InvariantCulture))),
        ];
        _heapSize = families.Gauge(
            MetricNames.GcHeapSize, "Bytes of managed objects, with those that wait for their collection.").WithLabels();
        _threads = families.Gauge(MetricNames.ThreadPoolThreads, "Threads of the thread pool.").WithLabels();
        _queueLength = families.Gauge(MetricNames.ThreadPoolQueueLength, "Work items that wait for a thread.").WithLabels();
    }

    /// <summary>Reads the figures.</summary>
    public void Collect()
    {
        for (var generation = 0; generation < _collections.Length; generation++)
        {
            _collections[generation].IncTo(GC.CollectionCount(generation));
        }

        _heapSize.Set(GC.GetTotalMemory(forceFullCollection: false));
        _threads.Set(ThreadPool.ThreadCount);
        _queueLength.Set(ThreadPool.PendingWorkItemCount);
    }
}
