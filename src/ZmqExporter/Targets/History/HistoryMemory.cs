using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;

namespace ZmqExporter.Targets.History;

/// <summary>What is kept of a target's past over a restart. Results and hours are packed, because ten thousand targets have many. Immutable.</summary>
internal sealed record HistoryMemory
{
    /// <summary>The last results, the oldest first: the bytes of each <see cref="RecentResult"/> in base64.</summary>
    public string? Results { get; init; }

    /// <summary>When the first hour began; null when there is none.</summary>
    public DateTimeOffset? FirstHour { get; init; }

    /// <summary>Probes and misses of each hour, in turn.</summary>
    public long[]? Hours { get; init; }

    /// <summary>The failures, the oldest first.</summary>
    public FailureMemory[]? Failures { get; init; }

    /// <summary>The last changes of the state, the oldest first.</summary>
    public ChangeMemory[]? Changes { get; init; }

    /// <summary>What is worth keeping of a past.</summary>
    public static HistoryMemory Of(HistorySnapshot past) => new()
    {
        Results = past.Results.IsEmpty ? null : PackedResults.Pack(past.Results),
        FirstHour = past.Hours.Hours.IsEmpty ? null : past.Hours.First,
        Hours = past.Hours.Hours.IsEmpty ? null : [.. past.Hours.Hours.SelectMany(static hour => new[] { hour.Probes, hour.Misses })],
        Failures = past.Failures.IsEmpty ? null : [.. past.Failures.Select(FailureMemory.Of)],
        Changes = past.Changes.IsEmpty ? null : [.. past.Changes.Select(static change => new ChangeMemory(change.At, change.State.Label()))],
    };

    /// <summary>The past, without what cannot be or is yet to come: it may be of another version, and clocks are set back.</summary>
    /// <param name="now">The time.</param>
    public HistorySnapshot Past(DateTimeOffset now) => new(
        [.. PackedResults.Unpack(Results).Where(result => result.IsSensible && result.At <= now)],
        [.. (Failures ?? []).Where(failure => failure is not null && failure.Last <= now).Select(static failure => failure.Run()).OfType<FailureRun>()],
        [.. (Changes ?? []).Where(change => change is not null && change.At <= now).Select(static change => change.Change()).OfType<StateChange>()],
        [],
        [],
        PastHours(now));

    private HourlySnapshot PastHours(DateTimeOffset now)
    {
        if (FirstHour is not { } first || first < DateTimeOffset.UnixEpoch || Hours is not { Length: > 0 and <= 2 * HourlyCounts.Hours } counts || counts.Length % 2 != 0)
        {
            return HourlySnapshot.Empty;
        }

        var hours = counts.Chunk(2).Select(static pair => new HourCounts(pair[0], pair[1])).ToImmutableArray();
        return hours.All(static hour => hour.Probes is >= 0 and <= uint.MaxValue && hour.Misses >= 0 && hour.Misses <= hour.Probes)
            && now - first >= TimeSpan.FromHours(hours.Length - 1)
            ? new HourlySnapshot(first, hours)
            : HourlySnapshot.Empty;
    }
}

/// <summary>What is kept of a change.</summary>
internal sealed record ChangeMemory(DateTimeOffset At, string State)
{
    /// <summary>The change; null for a state that nobody knows.</summary>
    public StateChange? Change() => EnumLabels<TargetState>.Parse(State) is { } state ? new StateChange(At, state) : null;
}

/// <summary>What is kept of a run of failures.</summary>
/// <param name="First">The bytes of the first result, in base64.</param>
internal sealed record FailureMemory(
    string? First, DateTimeOffset Last, long Count, string? Detail, bool WasDown, ExcerptMemory? Sent, ExcerptMemory? Received)
{
    /// <summary>What is kept of it.</summary>
    public static FailureMemory Of(FailureRun run) => new(
        PackedResults.Pack([run.First]), run.Last, run.Count, run.Detail, run.WasDown, ExcerptMemory.Of(run.Sent), ExcerptMemory.Of(run.Received));

    /// <summary>The run; null when it cannot be one.</summary>
    public FailureRun? Run() => PackedResults.Unpack(First) is not [{ IsSensible: true } first] ? null : new FailureRun(first, Detail ?? "")
    {
        Last = Last,
        Count = Math.Max(1, Count),
        WasDown = WasDown,
        Sent = Sent?.Excerpt(),
        Received = Received?.Excerpt(),
    };
}

/// <summary>What is kept of a message.</summary>
/// <param name="Bytes">How its first frames began, one after the other, in base64.</param>
/// <param name="Lengths">How many bytes each of them had.</param>
/// <param name="FrameCount">How many frames it had.</param>
internal sealed record ExcerptMemory(byte[]? Bytes, int[]? Lengths, int FrameCount)
{
    /// <summary>What is kept of it; null for none.</summary>
    public static ExcerptMemory? Of(MessageExcerpt? message)
    {
        if (message is null)
        {
            return null;
        }

        var (bytes, lengths) = message.Parts();
        return new ExcerptMemory(bytes, lengths, message.FrameCount);
    }

    /// <summary>The message; null when it cannot be one.</summary>
    public MessageExcerpt? Excerpt() => Bytes is null || Lengths is null ? null : MessageExcerpt.Restore(Bytes, Lengths, FrameCount);
}
