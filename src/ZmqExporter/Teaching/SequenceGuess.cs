using System.Collections.Immutable;
using System.Globalization;

namespace ZmqExporter.Teaching;

/// <summary>Finds the number that grows by one with each message.</summary>
/// <param name="subject">Whose messages they are.</param>
/// <param name="table">What stood in them.</param>
internal sealed class SequenceGuess(LessonSubject subject, ColumnTable table)
{
    private const ulong LargestGap = 1000;
    private const ulong LikelyNumber = 1UL << 28;
    private const int LeastSteps = 2;

    private static readonly ImmutableArray<string> Names = ["seq", "sequence", "seqno", "seq_no", "sequence_number", "n", "nr", "no", "num", "number", "msg_id", "message_id", "id", "counter", "index", "i"];

    /// <summary>The best one; null when nothing grew like that.</summary>
    /// <param name="exceptFor">What is known to be something else.</param>
    public (Column Column, Proposal Proposal)? Find(IReadOnlySet<Column> exceptFor)
    {
        var candidates = table.Columns.Concat(table.Bytes)
            .Where(column => !exceptFor.Contains(column) && !exceptFor.Any(other => Overlap(column, other)) && Fits(column))
            .Select(column => (Column: column, Found: Follow(column)))
            .Where(candidate => candidate.Found is not null)
            .OrderBy(candidate => Rank(candidate.Column))
            .ToList();
        if (candidates.Count == 0)
        {
            return null;
        }

        var (column, found) = candidates[0];
        var keys = column.Bytes is { IsWholeFrame: true } bytes
            ? string.Create(CultureInfo.InvariantCulture, $"frame: {column.Place.Frame}, format: {bytes.Format.Name}")
            : column is { Origin: ColumnOrigin.Text, Place.Way.Length: 0 } ? $"{column.Place.KeysWithFrame}, format: ascii"
            : column.Place.KeysWithFrame;
        var others = candidates.Skip(1).Where(other => other.Column.Origin != ColumnOrigin.Bytes).Select(other => other.Column.Shown).Take(3).ToList();
        var also = others.Count == 0 ? "" : $"; so did {string.Join(", ", others)}: take the one that the publisher counts its messages with";
        return (column, new Proposal($"{{{Place.Join(keys, found!.Per)}}}", $"{column.Shown} {found.Words}{also}"));
    }

    // Of bytes of unknown meaning: the whole frame, or those that cannot well be a part of more. Of a longer counter, the low 32 bits will do, too.
    private static bool Fits(Column column)
    {
        if (column.Bytes is not { } bytes)
        {
            return column.Origin is ColumnOrigin.Document or ColumnOrigin.TextPart or ColumnOrigin.Text;
        }

        return bytes.Format.Kind == Content.BinaryKind.Unsigned
            && (bytes.IsWholeFrame || bytes.Format.Size < 8)
            && (bytes.Format.Size != 4 || bytes.IsWholeFrame || bytes.Offset % 4 == 0 || column.Counts() is not { } numbers || numbers.All(number => number < LikelyNumber));
    }

    private static bool Overlap(Column column, Column other) => column.Bytes is { } a && other.Bytes is { } b && column.Place.Frame == other.Place.Frame
        && a.Offset < b.Offset + b.Format.Size && b.Offset < a.Offset + a.Format.Size;

    private static int Rank(Column column)
    {
        var name = Names.IndexOf(column.LastWord);
        return column.Origin switch
        {
            ColumnOrigin.Bytes => column.Bytes!.IsWholeFrame ? 100 : 300 - column.Bytes.Format.Size,
            _ when name >= 0 => name,
            ColumnOrigin.Document => 200,
            _ => 201,
        };
    }

    private Following? Follow(Column column)
    {
        if (column.Counts() is not { } numbers)
        {
            return null;
        }

        var topics = column.Place.Frame == 0 ? null : table.Topics;
        if (Steps(numbers, topics) is { } steps)
        {
            var count = topics is null ? 1 : topics.Distinct(StringComparer.Ordinal).Count();
            return new Following("", count == 1
                ? $"grew by one from message to message ({Words(steps)})"
                : string.Create(CultureInfo.InvariantCulture, $"grew by one from message to message of each of {count} topics ({Words(steps)})"));
        }

        if (topics is not null && subject.TakesAll && Steps(numbers, keys: null) is { } all)
        {
            return new Following("per: publisher", $"grew by one from message to message, whatever the topic ({Words(all)})");
        }

        foreach (var key in table.Columns.Where(key => key is { Origin: ColumnOrigin.Document, Kind: DocumentKind.Text, IsEverywhere: true, IsConstant: false }))
        {
            if (Steps(numbers, [.. key.Texts.Select(text => text!)]) is { } those)
            {
                return new Following($"per: {{{key.Place.Keys}}}", $"grew by one from message to message with the same {key.Shown} ({Words(those)})");
            }
        }

        return null;
    }

    // How many steps were by one, and how many by a little more; null when it is no sequence.
    private static (int ByOne, int Gaps)? Steps(ImmutableArray<ulong> numbers, IReadOnlyList<string>? keys)
    {
        var last = new Dictionary<string, ulong>(StringComparer.Ordinal);
        var (byOne, gaps) = (0, 0);
        for (var i = 0; i < numbers.Length; i++)
        {
            var key = keys is null ? "" : keys[i];
            if (last.TryGetValue(key, out var before))
            {
                if (numbers[i] <= before || numbers[i] - before > LargestGap)
                {
                    return null;
                }

                (byOne, gaps) = numbers[i] - before == 1 ? (byOne + 1, gaps) : (byOne, gaps + 1);
            }

            last[key] = numbers[i];
        }

        return byOne >= LeastSteps && byOne >= 2 * gaps ? (byOne, gaps) : null;
    }

    private static string Words((int ByOne, int Gaps) steps) => steps.Gaps == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{steps.ByOne} times")
        : string.Create(CultureInfo.InvariantCulture, $"{steps.ByOne} times, and {steps.Gaps} by more: perhaps messages were lost");

    private sealed record Following(string Per, string Words);
}
