using System.Collections.Immutable;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Probing;

namespace ZmqExporter.Metrics.Catalog;

/// <summary>What loops through proxies and brokers counted. Only targets with <c>prober: loop</c> have series of these.</summary>
internal static class LoopMetrics
{
    public static ImmutableArray<MetricFamily> All { get; } =
    [
        Count(MetricNames.LoopMessages, "Messages that were sent through the proxy or broker, without those that only warm a path up.", loop => loop.Messages),
        Count(MetricNames.LoopLost, "Those of the messages that did not come back by the timeout.", loop => loop.Lost),
        Count(MetricNames.LoopDuplicates, "How often a message came back that had come back before.", loop => loop.Duplicates),
        Count(MetricNames.LoopReordered, "Messages that came back after one that was sent later.", loop => loop.Reordered),
    ];

    private static MetricFamily Count(string name, string help, Func<LoopCounters, long> count) =>
        new(name, MetricType.Counter, help, (target, to) =>
        {
            if (target.Loop is { } loop)
            {
                to.Value(count(loop));
            }
        });
}
