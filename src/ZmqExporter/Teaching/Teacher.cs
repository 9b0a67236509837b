using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration;

namespace ZmqExporter.Teaching;

/// <summary>Makes proposals for a module from messages that it gets: nothing that was not seen. Pure: no clock, no console.</summary>
internal static class Teacher
{
    private const int MaxExpects = 8;
    private const int MaxValues = 30;
    private const int MaxNotes = 8;

    /// <summary>What the messages suggest.</summary>
    /// <param name="subject">Whose messages they are.</param>
    /// <param name="messages">The messages, in order.</param>
    public static Lesson Teach(LessonSubject subject, ImmutableArray<SeenMessage> messages)
    {
        if (messages.IsEmpty)
        {
            return Lesson.None;
        }

        var table = new ColumnTable(messages, [.. messages.Select(message => message.Frames.Select(SeenFrameReader.Read).ToImmutableArray())]);
        List<TimeColumn> times = [.. table.Columns.Concat(table.Bytes).Where(column => column.Origin != ColumnOrigin.Start).Select(column => TimeColumn.Of(column, messages)).OfType<TimeColumn>()];
        var known = times.Select(time => time.Column).ToHashSet();
        var guess = new TimeGuess(subject, times);
        var sentAt = guess.SentAt();
        var sequence = subject.IsFeed && messages.Length > 1 ? new SequenceGuess(subject, table).Find(known) : null;
        if (sequence is not null)
        {
            known.Add(sequence.Value.Column);
        }

        var notes = new List<string>(table.Mixed.Select(frame => string.Create(CultureInfo.InvariantCulture, $"frame {frame} is not of the same form in each message: nothing is proposed for it")));
        notes.AddRange(times.Where(time => time.Column != sentAt?.Column && (subject.IsFeed || !time.Column.IsEverywhere) && time.Column.Origin != ColumnOrigin.Bytes)
            .Select(time => $"{time.Column.Shown} is a time, up to {Durations.Words(TimeSpan.FromSeconds(Math.Round(time.Oldest.Duration().TotalSeconds)))} {(time.Oldest < TimeSpan.Zero ? "after" : "before")} its message came: no proposal"));
        var expect = Expects(subject, table, guess, known, notes);
        var names = new MetricName(subject.Prefix);
        List<Proposal> values =
        [
            .. new ValueGuess(subject, table, names).Find(known.Concat(Topic(subject, table)).ToHashSet()),
            .. table.Arrays.SelectMany(new ArrayGuess(names).Of),
        ];
        if (values.Count > MaxValues)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{values.Count - MaxValues} more numbers are not proposed"));
        }

        return new Lesson([.. expect.Take(MaxExpects)], [.. values.Take(MaxValues)], sequence?.Proposal, sentAt?.Proposal, [.. notes.Take(MaxNotes)]) { LateAfter = sentAt?.LateAfter };
    }

    // The first of several frames of a feed is its topic.
    private static IEnumerable<Column> Topic(LessonSubject subject, ColumnTable table) =>
        subject.IsFeed && table.Topics is not null ? table.Columns.Where(column => column.Place.Frame == 0) : [];

    private static List<Proposal> Expects(LessonSubject subject, ColumnTable table, TimeGuess times, HashSet<Column> known, List<string> notes)
    {
        var expect = new List<Proposal>();
        if (table.FrameCount is > 1 and var frames)
        {
            expect.Add(new Proposal(
                string.Create(CultureInfo.InvariantCulture, $"{{frames: {frames}}}"), string.Create(CultureInfo.InvariantCulture, $"each message had {frames} frames")));
        }

        var topic = Topic(subject, table).ToHashSet();
        var columns = table.Columns.Where(column => !known.Contains(column) && !topic.Contains(column)).ToList();
        foreach (var column in columns)
        {
            // What came once from a feed may be anything the next time.
            var proposal = subject.IsFeed && (table.Messages == 1 || column.Origin == ColumnOrigin.Start) ? null : TextGuess.Of(column, table.Messages);
            var (status, note) = StatusGuess.Of(column, table.Messages);
            expect.AddRange(((Proposal?[])[proposal, status]).OfType<Proposal>());
            notes.AddRange(((string?[])[note]).OfType<string>());
        }

        expect.AddRange(times.MaxAges());
        if (expect.TrueForAll(entry => entry.Yaml.StartsWith("{frames", StringComparison.Ordinal))
            && columns.Find(column => column is { Origin: ColumnOrigin.Document, IsEverywhere: true }) is { } there)
        {
            expect.Add(new Proposal($"{{{there.Place.Keys}}}", $"{there.Shown} was in each message; this says only that it is there: add a test, such as at_least or one_of"));
        }

        return expect;
    }
}
