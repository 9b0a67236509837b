namespace ZmqExporter.Probing;

/// <summary>What one read of a subscription brought.</summary>
/// <param name="Messages">Whole messages.</param>
/// <param name="Bytes">Their frames' lengths.</param>
/// <param name="Sequence">What their numbers said.</param>
/// <param name="Delay">How long the last one was on its way, by two clocks; null when it does not tell.</param>
internal readonly record struct SubscriptionBatch(long Messages, long Bytes, SequenceCounts Sequence, TimeSpan? Delay);

/// <summary>What a subscription has seen, at one moment.</summary>
/// <param name="Messages">Messages since the last probe was judged.</param>
/// <param name="Refused">Those of them that fail an <c>expect</c>.</param>
/// <param name="Problem">What was wrong with the first of them, or with the last message when none came since; or null.</param>
/// <param name="LastMessage">Timestamp of the last message; 0 before the first one.</param>
/// <param name="Opened">Timestamp of the connection in use, or of the last one; 0 before the first one.</param>
/// <param name="Waiting">Timestamp of the first connection since the last message, so that who reconnects for ever has no grace for ever; 0
/// when a message has come on the connection in use.</param>
/// <param name="Delay">How long the last message was on its way; null when unknown.</param>
internal readonly record struct SubscriptionView(
    long Messages, long Refused, string? Problem, long LastMessage, long Opened, long Waiting, TimeSpan? Delay);
