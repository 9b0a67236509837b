using System.Collections.Immutable;

namespace ZmqExporter.Teaching;

/// <summary>What some messages suggest for the module that gets them. Immutable.</summary>
/// <param name="Expect">Entries of <c>expect</c>.</param>
/// <param name="Values">Entries of <c>values</c>.</param>
/// <param name="Sequence">The value of <c>sequence</c>, or null.</param>
/// <param name="SentAt">The value of <c>sent_at</c>, or null.</param>
/// <param name="Notes">What was seen and is not proposed, and why.</param>
internal sealed record Lesson(
    ImmutableArray<Proposal> Expect, ImmutableArray<Proposal> Values, Proposal? Sequence, Proposal? SentAt, ImmutableArray<string> Notes)
{
    /// <value>With <see cref="SentAt"/>: how late a message may be, where the delays that were seen would be late by the module; else null.</value>
    public Proposal? LateAfter { get; init; }

    /// <summary>Nothing.</summary>
    public static Lesson None { get; } = new([], [], null, null, []);

    /// <summary>Whether there is nothing to paste.</summary>
    public bool IsEmpty => Expect.IsEmpty && Values.IsEmpty && Sequence is null && SentAt is null;
}

/// <summary>Something to paste.</summary>
/// <param name="Yaml">A mapping on one line.</param>
/// <param name="Why">What speaks for it and what to decide, on one line.</param>
internal sealed record Proposal(string Yaml, string Why);

/// <summary>Whose messages they are.</summary>
/// <param name="IsFeed">Whether a publisher sent them by itself; else they are replies.</param>
/// <param name="Prefix">What the names of metrics begin with.</param>
/// <param name="TakesAll">Whether the feed is subscribed to as a whole.</param>
internal sealed record LessonSubject(bool IsFeed, string Prefix, bool TakesAll = true)
{
    /// <value>A message that was longer on its way is late: the module's <c>late_after</c>. Default 500 ms, as in a configuration.</value>
    public TimeSpan LateAfter { get; init; } = TimeSpan.FromMilliseconds(500);
}
