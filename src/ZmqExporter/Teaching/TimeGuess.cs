using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration;

namespace ZmqExporter.Teaching;

/// <summary>Finds times: when a message was sent, or how old what it says is.</summary>
/// <param name="subject">Whose messages they are.</param>
/// <param name="times">The places where times stand.</param>
internal sealed class TimeGuess(LessonSubject subject, IReadOnlyList<TimeColumn> times)
{
    private const int MaxProposals = 3;

    // With late_after three times as long, the timeout has to be below the default interval.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(4);

    private static readonly ImmutableArray<string> Names = ["sent_at", "sent", "ts", "timestamp", "time", "at", "t", "published", "published_at", "date", "now"];
    private static readonly ImmutableArray<int> Seconds = [30, 60, 5 * 60, 15 * 60, 60 * 60, 6 * 60 * 60, 24 * 60 * 60, 5 * 24 * 60 * 60];

    /// <summary>For a feed: the time at which a message was sent; null when there is none.</summary>
    public (Column Column, Proposal Proposal, Proposal? LateAfter)? SentAt()
    {
        if (!subject.IsFeed)
        {
            return null;
        }

        var best = times.Where(time => time.IsRecent && time.LongestDelay <= LongestDelay && time.Column.IsEverywhere).OrderBy(Rank).ThenBy(time => time.Oldest.Duration()).FirstOrDefault();
        if (best is null)
        {
            return null;
        }

        var column = best.Column;
        var format = column.Bytes is null ? $"format: {best.Format}" : "";
        var others = times.Where(time => time != best && time.Column.Origin != ColumnOrigin.Bytes).Select(time => time.Column.Shown).Take(MaxProposals).ToList();
        var also = others.Count == 0 ? "" : $"; {string.Join(", ", others)} {(others.Count == 1 ? "is a time" : "are times")}, too: take the one at which a message is sent";
        return (column, new Proposal($"{{{Place.Join(column.Place.KeysWithFrame, format)}}}", $"{column.Shown} is a time ({Words(best)}) {Ages(best)}{also}"), LateAfter(best));
    }

    // Twice the delay that was seen has to be on time.
    private Proposal? LateAfter(TimeColumn time)
    {
        if (2 * time.LongestDelay <= subject.LateAfter)
        {
            return null;
        }

        var late = TimeSpan.FromSeconds(Math.Ceiling(3 * time.LongestDelay.TotalSeconds));
        return new Proposal(
            $"policy: {{late_after: {Durations.Show(late)}}}\ntimeout: {Durations.Show(late + TimeSpan.FromSeconds(1))}",
            $"the times show delays of up to {Show(time.LongestDelay)}, and late_after is {Durations.Words(subject.LateAfter)}: such messages would be late; decide how old one may be");
    }

    /// <summary>For replies: how old what they say may be.</summary>
    public IEnumerable<Proposal> MaxAges() => subject.IsFeed ? [] : times
        .Where(time => time.Column.IsEverywhere)
        .OrderBy(Rank)
        .Take(MaxProposals)
        .Select(time => new Proposal(
            $"{{{Place.Join(time.Column.Place.Keys, $"max_age: {Durations.Show(Limit(time.Oldest))}")}}}",
            $"{time.Column.Shown} is a time ({Words(time)}) {Ages(time)}; decide how old it may be, or leave this out if it stands still in a healthy server"));

    private static int Rank(TimeColumn time)
    {
        var name = Names.IndexOf(time.Column.LastWord);
        return time.Column.Bytes is { } bytes ? 200 - bytes.Format.Size : name >= 0 ? name : 100;
    }

    private static string Words(TimeColumn time) => time.Format == "iso8601" ? "ISO 8601" : time.Format;

    private static string Ages(TimeColumn time) => time.Least < TimeSpan.FromSeconds(-1)
        ? string.Create(CultureInfo.InvariantCulture, $"up to {Show(-time.Least)} after the message came: one of the clocks is wrong")
        : $"up to {Show(time.Oldest)} before it came";

    private static string Show(TimeSpan age) => Durations.Words(TimeSpan.FromSeconds(Math.Round(Math.Max(0, age.TotalSeconds), 3)));

    private static TimeSpan Limit(TimeSpan age) => TimeSpan.FromSeconds(Seconds.FirstOrDefault(seconds => seconds >= 4 * age.TotalSeconds, Seconds[^1]));
}
