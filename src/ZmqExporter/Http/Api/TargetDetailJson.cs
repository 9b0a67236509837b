using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ZmqExporter.Board;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Targets.History;
using Zmtp;

namespace ZmqExporter.Http.Api;

/// <summary>All that is known of one target × module, as <c>/api/v1/targets/{name}/{module}</c> answers.</summary>
internal sealed record TargetDetailJson(
    DateTimeOffset At,
    TargetSummaryJson Summary,
    string Policy,
    CountersJson Counters,
    PeerJson? Peer,
    ImmutableArray<TargetValueJson> Values,
    SubscriptionCountersJson? Subscription,
    LoopCountersJson? Loop,
    HistoryJson History,
    ImmutableArray<SettingJson> Settings)
{
    public static TargetDetailJson Of(Target target, DateTimeOffset now, IEnumerable<EffectiveSetting> settings)
    {
        var snapshot = target.Snapshot(withRoundTrips: false);
        return new TargetDetailJson(
            now,
            TargetSummaryJson.Of(snapshot, target, now),
            PolicySentence.Of(snapshot),
            CountersJson.Of(snapshot),
            snapshot.Peer is { } peer ? PeerJson.Of(peer) : null,
            [.. snapshot.Values.Select(TargetValueJson.Of)],
            snapshot.Subscription is { } subscription ? SubscriptionCountersJson.Of(subscription) : null,
            snapshot.Loop is { } loop ? LoopCountersJson.Of(loop) : null,
            HistoryJson.Of(target.History(), target.Mark),
            [.. settings.Select(static setting => new SettingJson(setting.Key, setting.Value, setting.Origin.ToString()))]);
    }
}

/// <summary>What was counted since the target was added, or since before a restart when there is a state file.</summary>
internal sealed record CountersJson(
    DateTimeOffset Since,
    long Probes,
    long Misses,
    long Late,
    long StaleReplies,
    long Skipped,
    ImmutableSortedDictionary<string, long> Failures,
    ImmutableSortedDictionary<string, long> StateChanges,
    ImmutableSortedDictionary<string, long> ConnectionEvents)
{
    public static CountersJson Of(TargetSnapshot snapshot) => new(
        snapshot.Created,
        snapshot.Probes,
        snapshot.Misses,
        snapshot.Late,
        snapshot.StaleReplies,
        snapshot.Skipped,
        ByLabel(EnumLabels<FailureReason>.All, snapshot.Failures),
        ByLabel(EnumLabels<Policy.TargetState>.All, snapshot.StateChanges),
        ByLabel(EnumLabels<ConnectionEvent>.All, snapshot.ConnectionEvents));

    private static ImmutableSortedDictionary<string, long> ByLabel(ImmutableArray<string> labels, ImmutableArray<long> counts) =>
        counts.Select((count, kind) => KeyValuePair.Create(labels[kind], count)).Where(static pair => pair.Value > 0).ToImmutableSortedDictionary(StringComparer.Ordinal);
}

/// <summary>What the peer says of itself.</summary>
internal sealed record PeerJson(string ZmtpVersion, string Mechanism, string? SocketType, ImmutableSortedDictionary<string, string> Metadata)
{
    public static PeerJson Of(PeerInfo peer) => new(peer.Version, peer.Mechanism, peer.SocketType, peer.Metadata);
}

/// <summary>A number that the last acceptable reply or message had.</summary>
internal sealed record TargetValueJson(
    string Metric,
    string Help,
    ImmutableSortedDictionary<string, string> Labels,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double Value)
{
    public static TargetValueJson Of(ValueSample sample) => new(
        sample.Value.Metric,
        sample.Value.Help,
        sample.Value.Labels.Select((label, index) => KeyValuePair.Create(label.Name, sample.Labels[index])).ToImmutableSortedDictionary(StringComparer.Ordinal),
        sample.Number);
}

/// <summary>What a subscription brought.</summary>
internal sealed record SubscriptionCountersJson(
    long Messages, long Bytes, long Lost, long LostWhileDisconnected, long SequenceResets, double? DelaySeconds, DateTimeOffset? LastMessage)
{
    public static SubscriptionCountersJson Of(SubscriptionCounters counts)
    {
        var (lost, whileDisconnected, resets, _) = counts.Sequence;
        return new SubscriptionCountersJson(counts.Messages, counts.Bytes, lost, whileDisconnected, resets, counts.Delay?.TotalSeconds, counts.LastMessage);
    }
}

/// <summary>What loops counted.</summary>
internal sealed record LoopCountersJson(long Messages, long Lost, long Duplicates, long Reordered)
{
    public static LoopCountersJson Of(LoopCounters counts) => new(counts.Messages, counts.Lost, counts.Duplicates, counts.Reordered);
}

/// <summary>A setting that is in force, and where it comes from. Secrets are masked.</summary>
internal sealed record SettingJson(string Key, string Value, string Origin);
