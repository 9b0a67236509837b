using System.Text;

namespace ZmqExporter.Tests.Reference;

/// <summary>Appends tables to a page.</summary>
internal static class MarkdownTable
{
    /// <summary>Appends one.</summary>
    /// <param name="page">Where.</param>
    /// <param name="heads">The heads of its columns.</param>
    /// <param name="rows">Its rows, as many cells each.</param>
    public static void AppendTable(this StringBuilder page, IReadOnlyCollection<string> heads, IEnumerable<string[]> rows)
    {
        page.Append($"| {string.Join(" | ", heads)} |\n|{string.Concat(Enumerable.Repeat("---|", heads.Count))}\n");
        foreach (var row in rows)
        {
            page.Append($"| {string.Join(" | ", row.Select(Cell))} |\n".Replace("|  |", "| |", StringComparison.Ordinal));
        }
    }

    /// <summary>A text as code, or nothing when there is none.</summary>
    public static string Code(string text) => text.Length == 0 ? "" : $"`{text}`";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
