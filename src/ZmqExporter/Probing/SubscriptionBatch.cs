namespace ZmqExporter.Probing;

/// <summary>What one read of a subscription brought.</summary>
/// <param name="Messages">Whole messages.</param>
/// <param name="Bytes">Their frames' lengths.</param>
/// <param name="Sequence">What their numbers said.</param>
/// <param name="Delay">How long the last one was on its way, by two clocks; null when it does not tell.</param>
/// <param name="ArrivedAt">When the last one came, which may be before it was read.</param>
internal readonly record struct SubscriptionBatch(
    long Messages, long Bytes, SequenceCounts Sequence, TimeSpan? Delay, DateTimeOffset ArrivedAt);

/// <summary>What a subscription has seen, at one moment.</summary>
/// <param name="Messages">Messages since the last probe.</param>
/// <param name="Refused">Those of them that fail an <c>expect</c>.</param>
/// <param name="Problem">What was wrong with the first of them, or with the last message when none came since; or null.</param>
/// <param name="Delay">How long the last message was on its way; null when unknown.</param>
/// <param name="Feed">When what happened.</param>
internal readonly record struct SubscriptionView(long Messages, long Refused, string? Problem, TimeSpan? Delay, FeedTimes Feed);
