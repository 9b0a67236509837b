using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ZmqExporter.Scanning;
using ZmqExporter.Teaching;

namespace ZmqExporter.Cli;

/// <summary>What was found as a table: ZeroMQ first, a line each.</summary>
internal static class DiscoverTable
{
    private const int MaxWidth = 44; // a longer cell shifts its own line alone
    private const int MaxText = 300;
    private static readonly string[] Headings = ["ENDPOINT", "PROGRAM", "WHAT IT IS", "SOCKET TYPE", "MODULE", "WHY"];

    /// <summary>The lines, each with its line feed.</summary>
    public static string Of(ImmutableArray<Sighting> sightings)
    {
        var listed = sightings.Where(sighting => sighting.IsListed).ToList();
        var text = new StringBuilder();
        if (listed.Count > 0)
        {
            var rows = listed.OrderBy(sighting => sighting.Identity.Kind == SightKind.Zmtp ? 0 : 1).Select(Row).Prepend(Headings).ToList();
            var widths = Enumerable.Range(0, Headings.Length - 1).Select(column => Math.Min(MaxWidth, rows.Max(row => row[column].Length))).ToList();
            foreach (var row in rows)
            {
                text.Append(string.Join("  ", row.Select((cell, column) => column < widths.Count ? cell.PadRight(widths[column]) : cell)).TrimEnd()).Append('\n');
            }
        }

        var found = listed.Count(sighting => sighting.Identity.Kind == SightKind.Zmtp);
        var rest = sightings.Length - listed.Count;
        text.Append(CultureInfo.InvariantCulture, $"{found} ZeroMQ {(found == 1 ? "socket" : "sockets")}, {listed.Count - found} others");
        return text.Append(rest == 0 ? "\n" : string.Create(CultureInfo.InvariantCulture, $"; nothing answered at {rest} addresses\n")).ToString();
    }

    private static string[] Row(Sighting sighting)
    {
        var choice = ModuleChooser.Choose(sighting);
        string[] cells =
        [
            sighting.Candidate.Endpoint.ToString(),
            ScanWords.Program(sighting.Candidate) is { Length: > 0 } program ? program : "-",
            sighting.Identity.Words,
            ScanWords.SocketType(sighting, choice),
            choice?.Module ?? "-",
            Why(sighting, choice),
        ];
        return [.. cells.Select(cell => Printable.Of(cell, MaxText))];
    }

    private static string Why(Sighting sighting, ModuleChoice? choice) =>
        choice is null ? sighting.Identity.Detail
        : choice.Obstacle is { } obstacle ? $"{choice.Why}; to decide: {obstacle}"
        : choice.Why;
}
