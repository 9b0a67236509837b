using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Targets;

namespace ZmqExporter.Http.Pages;

/// <summary>The numbers of a target, each with its name.</summary>
internal static class TargetFacts
{
    /// <summary>What was counted of its probes.</summary>
    public static ImmutableArray<(string Name, string Value)> CountersOf(TargetSnapshot target) =>
    [
        ("Probes", Number(target.Probes)),
        ("Misses", Number(target.Misses)),
        ("Late answers", Number(target.Late)),
        ("Replies after the end of their probe", Number(target.StaleReplies)),
        ("Due times without a probe", Number(target.Skipped)),
        .. target.Failures.Select(static (count, reason) => (ReasonWords.Of((FailureReason)reason), count))
            .Where(static pair => pair.count > 0)
            .Select(static pair => ($"Failures: {pair.Item1}", Number(pair.count))),
        .. target.StateChanges.Select(static (count, state) => (EnumLabels<Policy.TargetState>.All[state], count))
            .Where(static pair => pair.count > 0)
            .Select(static pair => ($"Changes to {pair.Item1}", Number(pair.count))),
        .. target.Heartbeat is { } heartbeat ? HeartbeatOf(heartbeat) : [],
    ];

    /// <summary>The numbers of its last reply or message.</summary>
    public static ImmutableArray<(string Metric, string Labels, string Value, string Help)> ValuesOf(TargetSnapshot target) =>
    [
        .. target.Values.Select(static sample => (
            sample.Value.Metric,
            string.Join(", ", sample.Value.Labels.Select((label, index) => $"{label.Name}: {sample.Labels[index]}")),
            NumberWords.Value(sample.Number),
            sample.Value.Help)),
    ];

    /// <summary>What its subscription brought.</summary>
    public static ImmutableArray<(string Name, string Value)> SubscriptionOf(SubscriptionCounters counts)
    {
        var (lost, whileDisconnected, resets, _) = counts.Sequence;
        return
        [
            ("Messages", Number(counts.Messages)),
            ("Bytes", Number(counts.Bytes)),
            ("Lost messages", Number(lost)),
            ("Of them while disconnected", Number(whileDisconnected)),
            ("Sequence resets", Number(resets)),
            ("One-way delay", counts.Delay is { } delay ? NumberWords.Duration(delay) : "–"),
            ("Last message", counts.LastMessage is { } last ? PageTime.Utc(last) : "none yet"),
        ];
    }

    /// <summary>What its loops counted.</summary>
    public static ImmutableArray<(string Name, string Value)> LoopOf(LoopCounters counts) =>
    [
        ("Messages", Number(counts.Messages)),
        ("Lost messages", Number(counts.Lost)),
        ("Came twice", Number(counts.Duplicates)),
        ("Came out of order", Number(counts.Reordered)),
    ];

    private static IEnumerable<(string Name, string Value)> HeartbeatOf(HeartbeatSnapshot heartbeat) =>
    [
        ("Restarts of the server", Number(heartbeat.Restarts)),
        ("Instance", heartbeat.Instance ?? "not seen yet"),
        .. heartbeat.StartTime is { } start ? new[] { ("Started", PageTime.Utc(DateTimeOffset.UnixEpoch.AddSeconds(Math.Min(start, 1e11)))) } : [],
        .. heartbeat.Version is { } version ? new[] { ("Version", version) } : [],
    ];

    private static string Number(long number) => NumberWords.Text($"{number}");
}
