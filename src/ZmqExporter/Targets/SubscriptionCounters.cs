using ZmqExporter.Probing;

namespace ZmqExporter.Targets;

/// <summary>What a subscription brought so far. Immutable.</summary>
/// <param name="Messages">Messages that came.</param>
/// <param name="Bytes">Their frames' lengths.</param>
/// <param name="Sequence">What their numbers said.</param>
/// <param name="Delay">How long the last message that tells was on its way, by two clocks; null when none told.</param>
/// <param name="LastMessage">When the last one came; null before the first.</param>
internal sealed record SubscriptionCounters(
    long Messages, long Bytes, SequenceCounts Sequence, TimeSpan? Delay, DateTimeOffset? LastMessage)
{
    /// <summary>Messages whose number could be followed.</summary>
    public long Followed { get; init; }

    /// <summary>Before anything came.</summary>
    public static SubscriptionCounters None { get; } = new(0, 0, default, null, null);

    /// <summary>These and what came together now.</summary>
    public SubscriptionCounters With(in SubscriptionBatch batch) => new(
        Messages + batch.Messages,
        Bytes + batch.Bytes,
        Sequence + batch.Sequence,
        batch.Delay ?? Delay,
        batch.ArrivedAt)
    {
        Followed = Followed + batch.Followed,
    };
}
