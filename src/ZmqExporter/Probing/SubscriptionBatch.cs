using System.Collections.Immutable;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What one read of a subscription brought.</summary>
/// <param name="Messages">Whole messages.</param>
/// <param name="Bytes">Their frames' lengths.</param>
/// <param name="Sequence">What their numbers said.</param>
/// <param name="Delay">How long the last one was on its way, by two clocks; null when it does not tell.</param>
/// <param name="ArrivedAt">When the last one came, which may be before it was read.</param>
internal readonly record struct SubscriptionBatch(
    long Messages, long Bytes, SequenceCounts Sequence, TimeSpan? Delay, DateTimeOffset ArrivedAt)
{
    /// <summary>Messages whose number could be followed: without one, no loss is evidence of nothing.</summary>
    public long Followed { get; init; }
}

/// <summary>What a subscription has seen, at one moment.</summary>
/// <param name="Messages">Messages since the last probe.</param>
/// <param name="Refused">Those of them that fail an <c>expect</c>.</param>
/// <param name="Problem">Which one the first of them was and what was wrong with it, or the last message when none came since: the end of a sentence; or null.</param>
/// <param name="Delay">How long the last message was on its way; null when unknown.</param>
/// <param name="Feed">When what happened.</param>
internal readonly record struct SubscriptionView(long Messages, long Refused, string? Problem, TimeSpan? Delay, FeedTimes Feed)
{
    /// <summary>That first one, as far as its frames can be shown; null when nobody looks, or when it has been shown.</summary>
    public FeedMessage? RefusedMessage { get; init; }

    /// <summary>The mappings that found nothing; null before the first message.</summary>
    public ImmutableArray<UnmappedSource>? Unmapped { get; init; }
}
