namespace ZmqExporter.EndToEndTests.Alerts.Mutants;

/// <summary>What is known of the mutants: which case notices which, and which none notices.</summary>
internal static class MutantRecord
{
    private const string Directory = "tests/ZmqExporter.EndToEndTests/Alerts/Mutants";

    /// <summary>Rule, mutation and the case that notices it.</summary>
    public static IReadOnlyList<(string Rule, string Mutation, string Case)> Killed { get; } = Read("killed.tsv");

    /// <summary>Rule, mutation and why no case notices it.</summary>
    public static IReadOnlyList<(string Rule, string Mutation, string Reason)> Survivors { get; } = Read("survivors.tsv");

    /// <summary>Writes what a whole run found, for the next one to sample from.</summary>
    public static void WriteKilled(IEnumerable<(string Rule, string Mutation, string Case)> killed) => File.WriteAllLines(
        Path.Combine(Repository.Root, Directory, "killed.tsv"),
        killed.Select(one => $"{one.Rule}\t{one.Mutation}\t{one.Case}").Order(StringComparer.Ordinal));

    private static List<(string Rule, string Mutation, string Note)> Read(string file) =>
        [.. Repository.Read($"{Directory}/{file}").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Select(cells => (cells[0], cells[1], cells[2]))];
}
