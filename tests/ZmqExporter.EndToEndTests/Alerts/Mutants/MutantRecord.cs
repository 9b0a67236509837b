using System.Globalization;

namespace ZmqExporter.EndToEndTests.Alerts.Mutants;

/// <summary>What is known of the mutants: which case notices which, and which none notices.</summary>
internal static class MutantRecord
{
    private const string Directory = "tests/ZmqExporter.EndToEndTests/Alerts/Mutants";

    /// <summary>Rule, mutation and the case that notices it.</summary>
    public static IReadOnlyList<(string Rule, string Mutation, string Case)> Killed { get; } = Read("killed.tsv");

    /// <summary>Rule, mutation and why no case notices it.</summary>
    public static IReadOnlyList<(string Rule, string Mutation, string Reason)> Survivors { get; } = Read("survivors.tsv");

    private static HashSet<(string Rule, string Mutation)> Known { get; } = [.. Killed.Concat(Survivors).Select(one => (one.Rule, one.Mutation))];

    /// <summary>What each rule was when its mutants were run (<see cref="RuleMutant.FingerprintOf" />).</summary>
    public static IReadOnlyDictionary<string, string> Rules { get; } =
        Pairs("rules.tsv").ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>Of how many mutants of a rule nothing may be known: those that nobody has run or explained yet. No number grows.</summary>
    public static IReadOnlyDictionary<string, int> Open { get; } =
        Pairs("open.tsv").ToDictionary(pair => pair.Key, pair => int.Parse(pair.Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);

    /// <summary>Writes what the rules are whose mutants have been run.</summary>
    public static void WriteRules(IReadOnlyDictionary<string, string> rules) => File.WriteAllLines(
        Path.Combine(Repository.Root, Directory, "rules.tsv"),
        rules.Select(rule => $"{rule.Key}\t{rule.Value}").Order(StringComparer.Ordinal));

    /// <summary>Writes what a whole run found, for the next one to sample from.</summary>
    public static void WriteKilled(IEnumerable<(string Rule, string Mutation, string Case)> killed) => File.WriteAllLines(
        Path.Combine(Repository.Root, Directory, "killed.tsv"),
        killed.Select(one => $"{one.Rule}\t{one.Mutation}\t{one.Case}").Order(StringComparer.Ordinal));

    /// <summary>Whether anything is known of a mutant, and its rule is still what it was then.</summary>
    public static bool Knows(RuleMutant mutant) => Known.Contains((mutant.RuleName, mutant.Mutation)) && Rules.GetValueOrDefault(mutant.RuleName) == RuleMutant.FingerprintOf(mutant.Rule);

    private static IEnumerable<(string Key, string Value)> Pairs(string file) =>
        Repository.Read($"{Directory}/{file}").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Select(cells => (cells[0], cells[1]));

    private static List<(string Rule, string Mutation, string Note)> Read(string file) =>
        [.. Repository.Read($"{Directory}/{file}").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Select(cells => (cells[0], cells[1], cells[2]))];
}
