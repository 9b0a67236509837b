using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Targets;

namespace ZmqExporter.Metrics.Catalog;

/// <summary>What subscriptions brought. Only targets with <c>prober: subscribe</c> have series of these.</summary>
internal static class SubscriptionMetrics
{
    public static ImmutableArray<MetricFamily> All { get; } =
    [
        Count(MetricNames.SubscriptionMessages, "Messages that came.", counters => counters.Messages, MetricsDetail.Lean),
        Count(
            MetricNames.SubscriptionLost,
            "Messages that are missing in the publisher's sequence. Absent before the first message whose number could be followed.",
            counters => counters.Followed == 0 ? null : counters.Sequence.Lost,
            MetricsDetail.Lean),
        new(
            MetricNames.SubscriptionLastMessageTimestamp,
            MetricType.Gauge,
            "Unix time at which the last message came.",
            (target, to) => to.Value(target.Subscription?.LastMessage)),
        Count(
            MetricNames.SubscriptionBytes,
            "Bytes of the messages that came, without the framing.",
            counters => counters.Bytes),
        Count(
            MetricNames.SubscriptionLostWhileDisconnected,
            "Those of the lost messages that are missing between two connections.",
            counters => counters.Sequence.LostWhileDisconnected),
        Count(MetricNames.SubscriptionResets, "Restarts of the publisher's sequence.", counters => counters.Sequence.Resets),
        Count(
            MetricNames.SubscriptionUntracked,
            "Messages that no loss could be seen on: no number in them, or a topic too many or too long.",
            counters => counters.Sequence.Untracked),
        new(
            MetricNames.SubscriptionDelay,
            MetricType.Gauge,
            "Seconds that the last message was on its way, by the publisher's clock and ours.",
            (target, to) =>
            {
                if (target.Subscription?.Delay is { } delay)
                {
                    to.Value(delay.TotalSeconds);
                }
            })
        {
            LeastDetail = MetricsDetail.Standard,
        },
    ];

    private static MetricFamily Count(
        string name, string help, Func<SubscriptionCounters, long?> count, MetricsDetail leastDetail = MetricsDetail.Standard) =>
        new(name, MetricType.Counter, help, (target, to) =>
        {
            if (target.Subscription is { } counters && count(counters) is { } known)
            {
                to.Value(known);
            }
        })
        {
            LeastDetail = leastDetail,
        };
}
