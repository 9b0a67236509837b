using System.Text.RegularExpressions;

namespace ZmqExporter.Tests.Dashboards;

/// <summary>Takes a query's text apart as far as the rules need it. Prometheus itself parses the queries end to end.</summary>
internal static partial class PromQlText
{
    private const int Timeout = 1000; // ms

    private static readonly HashSet<string> Keywords = new(
        ["and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset"], StringComparer.Ordinal);

    /// <summary>Every selector with a name: the metric's name, and its matchers as they are written (nothing when there are none).</summary>
    public static IReadOnlyList<(string Metric, string Matchers)> Selectors(string query) =>
    [
        .. Identifier().Matches(GroupingList().Replace(Range().Replace(query, " "), " "))
            .Where(match => match.Groups["name"].Success && !match.Groups["call"].Success && !Keywords.Contains(match.Groups["name"].Value))
            .Select(match => (match.Groups["name"].Value, match.Groups["matchers"].Value)),
    ];

    /// <summary>Every call on a range: the function, and what stands between the brackets.</summary>
    public static IReadOnlyList<(string Function, string Range)> RangeCalls(string query) =>
        [.. RangeCall().Matches(query).Select(match => (match.Groups["function"].Value, match.Groups["range"].Value))];

    // A string, and a selector without a name, are matched so that what stands in them is not taken for a name.
    [GeneratedRegex("""
        "[^"]*"|(?<![\w:\s])\{[^}]*\}|(?<![\w:$@])(?<name>[a-zA-Z_:][\w:]*)\s*(\{(?<matchers>[^}]*)\}|(?<call>\())?
        """, RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex GroupingList();

    [GeneratedRegex(@"\[[^\]]*\](\s*@\s*(end|start)\(\))?", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Range();

    [GeneratedRegex(@"(?<function>[a-z_]+)\((?<metric>[\w:]+)(\{[^}]*\})?\[(?<range>[^\]]*)\]", RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex RangeCall();
}
