using System.Collections.Frozen;
using System.Collections.Immutable;
using ZmqExporter.Configuration;

namespace ZmqExporter.Teaching;

/// <summary>Finds numbers that are worth a metric.</summary>
/// <param name="subject">Whose messages they are.</param>
/// <param name="table">What stood in them.</param>
/// <param name="names">Makes names.</param>
internal sealed class ValueGuess(LessonSubject subject, ColumnTable table, MetricName names)
{
    private const int MaxHelpPath = 300;

    private static readonly FrozenSet<string> Ids = FrozenSet.ToFrozenSet(
        ["id", "uid", "uuid", "guid", "pid", "port", "version", "jsonrpc", "schema", "protocol", "proto", "v", "api", "type"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> Counted = FrozenSet.ToFrozenSet(
        [
            "total", "count", "counter", "requests", "messages", "msgs", "errors", "failures", "sent", "received", "processed", "handled", "served", "completed",
            "bytes", "drops", "dropped", "retries", "events", "hits", "misses", "calls", "replies", "connections", "restarts", "n",
        ],
        StringComparer.Ordinal);

    /// <summary>Whether a name is one of something that is told apart by it, and no measure.</summary>
    public static bool IsId(string name) => MetricName.Snake(name) is var word && (Ids.Contains(word) || word.EndsWith("_id", StringComparison.Ordinal));

    /// <summary>Whether it counts something, by its name.</summary>
    public static bool LooksCounted(string word) => MetricName.Snake(word).Split('_').Any(Counted.Contains);

    /// <summary>The entries.</summary>
    /// <param name="exceptFor">What is known to be something else.</param>
    public IEnumerable<Proposal> Find(IReadOnlySet<Column> exceptFor)
    {
        var label = Label();
        foreach (var column in table.Columns.Where(column => !exceptFor.Contains(column)))
        {
            if (IsNumber(column))
            {
                yield return Of(column, label);
            }
        }
    }

    /// <summary>The help of a metric: one sentence, fit for a configuration.</summary>
    public static string Help(string what) => $"What {Printable.Of(what, MaxHelpPath).Replace('\\', '/')} says.";

    private static bool IsNumber(Column column)
    {
        if (column.Origin == ColumnOrigin.Start || TextGuess.IsCode(column) || StatusGuess.IsStatus(column) || (!column.Words.IsEmpty && IsId(column.Words[^1])) || column.Kind is not { } kind)
        {
            return false;
        }

        if (column.Origin == ColumnOrigin.Document && kind == DocumentKind.Text && ArrayGuess.Names.Contains(column.LastWord, StringComparer.Ordinal))
        {
            return false; // a name that is made of digits
        }

        return kind == DocumentKind.Boolean || (column.Numbers() is not null && (kind == DocumentKind.Number || column.Origin != ColumnOrigin.Document || !column.IsConstant || column.Seen.First().Contains('.', StringComparison.Ordinal)));
    }

    private Proposal Of(Column column, Column? label)
    {
        var numbers = column.Numbers() ?? [];
        var grew = numbers.Length > 1 && numbers[^1] > numbers[0] && numbers.Zip(numbers.Skip(1)).All(pair => pair.Second >= pair.First);
        var isCounted = !column.Words.IsEmpty && LooksCounted(column.LastWord);
        var isCounter = grew && isCounted && column.Kind != DocumentKind.Boolean;
        var words = column.Words.IsEmpty && column.Place.Frame > 0 ? [$"frame_{column.Place.Frame}"] : column.Words;
        var labels = label is not null && column.Origin == ColumnOrigin.Document && label.Place.Frame == column.Place.Frame && label.Place.Way == column.Place.Way
            ? $"labels: {{{LabelName(label.LastWord)}: {PathOf(label)}}}"
            : "";
        var yaml = Place.Join(
            $"metric: {names.Of(words, isCounter)}",
            $"help: {YamlText.Scalar(Help(column.Shown))}",
            isCounter ? "type: counter" : "type: gauge",
            column.Place.Keys,
            labels);
        var seen = numbers.IsEmpty ? column.Seen.First()
            : numbers.Length == 1 || column.IsConstant ? Printable.Of(column.Seen.First(), 40)
            : $"{Printable.Of(column.Seen.First(), 40)} to {Printable.Of(column.Seen.Last(), 40)}";
        var type = isCounter ? "; it only grew, and counts by its name"
            : isCounted && column.Kind != DocumentKind.Boolean ? "; if it only ever grows, write type: counter and a name that ends in _total"
            : "";
        return new Proposal($"{{{yaml}}}", $"{column.Shown} was {seen}{type}{Topics(labels)}");
    }

    private string Topics(string labels) => subject.IsFeed && labels.Length == 0 && table.Topics?.Distinct(StringComparer.Ordinal).Count() > 1
        ? "; the latest message of any topic counts: give each topic a module of its own if they should not mix"
        : "";

    // What tells the series of a feed apart: a name that was not always the same.
    private Column? Label() => !subject.IsFeed ? null : table.Columns
        .Where(column => column is { Origin: ColumnOrigin.Document, IsEverywhere: true, IsConstant: false, Kind: DocumentKind.Text } && ArrayGuess.Names.Contains(column.LastWord, StringComparer.Ordinal)
            && column.Seen.All(text => text.Length <= 100))
        .OrderBy(column => ArrayGuess.Names.IndexOf(column.LastWord))
        .FirstOrDefault();

    private static string PathOf(Column column) => column.Place.Where[(column.Place.Where.IndexOf(": ", StringComparison.Ordinal) + 2)..];

    /// <summary>A name for a label, none that the exporter or Prometheus sets.</summary>
    public static string LabelName(string word)
    {
        var name = MetricName.Snake(word);
        return name.Length == 0 ? "label" : char.IsAsciiDigit(name[0]) || TargetLabels.Reserved.Contains(name) ? $"by_{name}" : name;
    }
}
