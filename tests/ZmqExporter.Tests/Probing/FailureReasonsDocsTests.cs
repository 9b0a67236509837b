using System.Text.RegularExpressions;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Probing;

/// <summary>docs/failure-reasons.md explains every reason, and no other.</summary>
public sealed partial class FailureReasonsDocsTests
{
    [Fact]
    public void Tables_Reasons_AreThoseOfTheProgram() => Assert.Equal(
        FailureReasons.All.Select(reason => reason.Label()),
        Rows().Select(cells => cells[1].Trim('`')),
        StringComparer.Ordinal);

    [Fact]
    public void Tables_EachRow_HasSomethingInEveryCell() =>
        Assert.All(Rows(), cells => Assert.True(cells is ["", _, _, _, _, _, ""] && cells[1..^1].All(cell => cell.Length > 10 || cell.StartsWith('`')), string.Join('|', cells)));

    [Fact]
    public void Words_OfTheVerdict_AreInTheSources()
    {
        var sources = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        Assert.All(
            Rows().SelectMany(cells => Quotations().Matches(cells[3])).SelectMany(match => match.Groups["words"].Value.Split('…', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
            words => Assert.True(sources.Contains(words, StringComparison.Ordinal) || words.Any(char.IsDigit) || words.Any(char.IsUpper) || words.Contains('"', StringComparison.Ordinal), words));
    }

    private static IEnumerable<string[]> Rows() => Repository.Read("docs/failure-reasons.md").Split('\n')
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries));

    [GeneratedRegex(@"\*(?<words>[^*]+)\*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quotations();
}
