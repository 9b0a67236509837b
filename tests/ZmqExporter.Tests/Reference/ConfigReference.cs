using System.Text;
using System.Text.RegularExpressions;
using ZmqExporter.Configuration.Binding;
using ZmqExporter.Configuration.Reading;
using ZmqExporter.Tests.Configuration;

namespace ZmqExporter.Tests.Reference;

/// <summary>The page of the keys: the program's own tables, with what the reference configuration says of each key.</summary>
internal static partial class ConfigReference
{
    private const string Head = """
        # Reference: the keys of the configuration

        Made by a test from the tables that the program reads by, and from the comments of [zmq_exporter.reference.yml](zmq_exporter.reference.yml), which shows every key in its place.
        [configuration.md](configuration.md) explains them.

        `modules.*` is any module, `[*]` any item of a list. An empty third column: the example and the place say it, or configuration.md does.

        """;

    /// <summary>The page.</summary>
    /// <param name="reference">The text of the reference configuration.</param>
    public static string Page(string reference)
    {
        var lines = reference.Split('\n');
        var shown = ReferenceConfigTests.KeysOf(reference).ToLookup(key => (key.Place, key.Key), key => key.Line);
        var page = new StringBuilder(Head);
        foreach (var place in ConfigKeys.All.Where(table => table.Place != "[*]").GroupBy(table => table.Place, StringComparer.Ordinal))
        {
            page.Append($"\n## {(place.Key.Length == 0 ? "The document" : MarkdownTable.Code(place.Key))}\n\n");
            page.AppendTable(
                ["key", "example", "what it is"],
                place.SelectMany(table => table.Keys).Distinct(StringComparer.Ordinal)
                    .Select(key => Row(key, [.. shown[(place.Key, key)].Select(line => KeyLine.Of(lines, line, key))])));
        }

        return page.ToString();
    }

    // The line that says most of a key: one of its own with a comment, else any of its own, else any.
    private static string[] Row(string key, IReadOnlyCollection<KeyLine> lines)
    {
        var best = lines.OrderByDescending(line => (line.IsOwn ? 1 : 0) + (line is { IsOwn: true, Comment.Length: > 0 } ? 2 : 0)).FirstOrDefault();
        return [MarkdownTable.Code(key), MarkdownTable.Code(best?.Example ?? ""), best?.Comment ?? ""]; // the reference has a few keys in comments alone
    }

    /// <summary>A line of the reference that has a key.</summary>
    /// <param name="IsOwn">Whether the key begins the line, so that its comment is the key's.</param>
    /// <param name="Example">The value, when it stands in the line.</param>
    /// <param name="Comment">What the line, or the one before it, says of the key.</param>
    private sealed record KeyLine(bool IsOwn, string Example, string Comment)
    {
        public static KeyLine Of(string[] lines, int number, string key)
        {
            var line = Parts.Match(lines[number - 1]);
            var value = line.Groups["value"].Value.Trim();
            var isOwn = value.StartsWith($"{key}:", StringComparison.Ordinal);
            var above = number > 1 && isOwn ? CommentLine.Match(lines[number - 2]).Groups["comment"].Value : "";
            var comment = !isOwn ? "" : line.Groups["comment"] is { Success: true } own ? own.Value : above;
            return new KeyLine(isOwn, isOwn ? value[(key.Length + 1)..].Trim() : value, comment);
        }
    }

    [GeneratedRegex("^ *(- )?(?<value>.*?)( +# (?<comment>.*))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parts { get; }

    [GeneratedRegex("^ *# (?<comment>.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CommentLine { get; }
}
