using System.Collections.Immutable;
using System.Globalization;

namespace ZmqExporter.Teaching;

/// <summary>Finds numbers in lists of objects that have a name each: <c>each</c> with a label.</summary>
internal sealed class ArrayGuess(MetricName names)
{
    private const int LeastSeries = 100;
    private const int MostSeries = 10_000;
    private const int MaxItems = 1000;
    private const int MaxNumbers = 10;
    private const int MaxName = 100;

    /// <summary>Names of what tells things apart, the best first.</summary>
    public static ImmutableArray<string> Names { get; } =
        ["name", "id", "key", "symbol", "channel", "worker", "host", "hostname", "node", "queue", "topic", "service", "label", "uuid", "address", "endpoint", "sym", "source", "sensor", "device"];

    /// <summary>The entries for a list.</summary>
    public IEnumerable<Proposal> Of(SeenArray array)
    {
        var items = array.Lists.SelectMany(list => list).Take(MaxItems).ToList();
        if (KeyOf(array) is not { } key)
        {
            yield break;
        }

        var numbers = items.SelectMany(Numbers).GroupBy(number => number.Path, StringComparer.Ordinal).Take(MaxNumbers).ToList();
        foreach (var number in numbers.Where(number => number.Key != DocumentReader.Member("$", key)))
        {
            var label = Label(array, key);
            var most = Math.Clamp(RoundUp(4 * array.Lists.Max(list => list.Count)), LeastSeries, MostSeries);
            var shown = Printable.Of($"{array.Path}[*]{number.Key[1..]}", 80);
            var yaml = Place.Join(
                $"metric: {names.Of(Words(array, number.First().Words), isCounter: false)}",
                $"help: {YamlText.Scalar(ValueGuess.Help(shown))}",
                "type: gauge",
                new Place(array.Frame, array.Way, "").Keys,
                $"each: {YamlText.Scalar($"{array.Path}[*]")}",
                $"labels: {{{label}: {YamlText.Scalar(DocumentReader.Member("$", key))}}}",
                $"{array.Key}: {YamlText.Scalar(number.Key)}",
                string.Create(CultureInfo.InvariantCulture, $"max_series: {most}"));
            var counted = ValueGuess.LooksCounted(number.First().Words[^1]) ? "; if it only ever grows, write type: counter and a name that ends in _total" : "";
            yield return new Proposal(
                $"{{{yaml}}}",
                string.Create(CultureInfo.InvariantCulture, $"{shown}: a number for each of {array.Lists[^1].Count} that {Printable.Of(key, 40)} tells apart; max_series bounds how many there can be{counted}"));
        }
    }

    private static int RoundUp(int number)
    {
        var rounded = 1;
        while (rounded < number && rounded < MostSeries)
        {
            rounded *= 10;
        }

        return rounded;
    }

    // The singular of the list's name, where the key says no more than "name".
    private static string Label(SeenArray array, string key)
    {
        var owner = array.Words.IsEmpty ? "" : array.Words[^1];
        var isPlural = owner.Length > 2 && owner[^1] == 's' && char.IsAsciiLetter(owner[0]);
        return ValueGuess.LabelName(key is "name" or "id" or "key" && isPlural ? owner[..^1] : key);
    }

    private static ImmutableArray<string> Words(SeenArray array, ImmutableArray<string> words)
    {
        var owner = array.Words.IsEmpty || array.Words[^1].Length < 3 || array.Words[^1][^1] != 's' ? array.Words : array.Words.SetItem(array.Words.Length - 1, array.Words[^1][..^1]);
        return owner.AddRange(words);
    }

    // What all items have, and no two of one list the same.
    private static string? KeyOf(SeenArray array)
    {
        var candidates = array.Lists[0][0].Members
            .Where(member => member.Value.Kind is DocumentKind.Text or DocumentKind.Number && (member.Value.Kind == DocumentKind.Text || Names.Contains(member.Key.ToLowerInvariant(), StringComparer.Ordinal)))
            .Select(member => member.Key)
            .Where(name => name.Length is > 0 and <= MaxName && array.Lists.TrueForAll(list => TellsApart(name, list)))
            .ToList();
        return candidates.OrderBy(name => Names.IndexOf(name.ToLowerInvariant()) is >= 0 and var index ? index : int.MaxValue).FirstOrDefault(
            name => array.Lists.Exists(list => list.Count > 1) || Names.Contains(name.ToLowerInvariant(), StringComparer.Ordinal));
    }

    private static bool TellsApart(string name, List<DocumentNode> items)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return items.TrueForAll(item => item.Members.TryGetValue(name, out var value) && value.Kind is DocumentKind.Text or DocumentKind.Number
            && value.Text.Length <= MaxName && seen.Add(value.Text));
    }

    private static IEnumerable<(string Path, ImmutableArray<string> Words)> Numbers(DocumentNode item)
    {
        foreach (var (name, member) in item.Members)
        {
            var path = DocumentReader.Member("$", name);
            if (IsNumber(name, member))
            {
                yield return (path, [name]);
            }

            foreach (var (inner, value) in member.Members.Where(inner => IsNumber(inner.Key, inner.Value)))
            {
                yield return (DocumentReader.Member(path, inner), [name, inner]);
            }
        }
    }

    private static bool IsNumber(string name, DocumentNode node) =>
        node.Kind == DocumentKind.Number && double.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
        && name.Length <= MaxName && !ValueGuess.IsId(name) && !Names.Contains(name.ToLowerInvariant(), StringComparer.Ordinal);
}
