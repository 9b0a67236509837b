using System.Globalization;

namespace ZmqExporter.Scanning;

/// <summary>Words that the table and the configuration share.</summary>
internal static class ScanWords
{
    /// <summary>Who has a socket open, such as <c>nginx (pid 12)</c>; empty when nobody knows.</summary>
    public static string Program(Candidate candidate, string before = "")
    {
        if (candidate.Owners.IsEmpty)
        {
            return "";
        }

        var first = candidate.Owners[0];
        var more = candidate.Owners.Length == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {candidate.Owners.Length - 1} more");
        return string.Create(CultureInfo.InvariantCulture, $"{before}{first.Name} (pid {first.Id}{more})");
    }

    /// <summary>The type of a socket, or what it may be.</summary>
    public static string SocketType(Sighting sighting, ModuleChoice? choice) =>
        sighting.Look?.Peer?.SocketType is { } type ? type
        : choice is null ? "-"
        : choice.Candidates.IsEmpty ? "cannot know without joining"
        : $"cannot know without joining; perhaps {string.Join(" or ", choice.Candidates)}";
}
