namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>
/// Runs every mutation through promtool, each as a test file of its own with one case and the mutated rule file, and the unchanged rule files
/// likewise. One promtool takes many files; two of them run side by side.
/// </summary>
public sealed class MutationRun : IAsyncLifetime
{
    private const string CaseStart = "\n  - name: ";
    private const int Processes = 2;

    private readonly TempDirectory _directory = new();
    private readonly Dictionary<string, RuleTestVerdict> _verdicts = new(StringComparer.Ordinal);

    /// <summary>The pairs of a rule file and a test file in which a mutation is.</summary>
    internal static IReadOnlyList<(string Rules, string Tests)> Files { get; } =
        [.. RuleMutation.All.Select(mutation => (mutation.Rules, mutation.Tests)).Distinct()];

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        List<string> files =
        [
            .. Files.Select(file => Write(UnchangedName(file.Rules, file.Tests), file.Rules, file.Tests, "", ReadRules(file.Rules))),
            .. RuleMutation.All.Select((mutation, number) => Write(MutationName(number), mutation.Rules, mutation.Tests, mutation.Case, Mutate(mutation))),
        ];
        var parts = files.Select((file, i) => (file, Part: i % Processes)).GroupBy(one => one.Part, one => one.file);
        foreach (var verdict in (await Task.WhenAll(parts.Select(part => Promtool.TestEachAsync([.. part])))).SelectMany(one => one))
        {
            _verdicts.Add(Path.GetFileName(verdict.File), verdict);
        }
    }

    /// <summary>What promtool said of a mutation.</summary>
    internal RuleTestVerdict OfMutation(int number) => _verdicts[MutationName(number)];

    /// <summary>What promtool said of all cases of a test file with the rule file as it is.</summary>
    internal RuleTestVerdict OfUnchanged(string rules, string tests) => _verdicts[UnchangedName(rules, tests)];

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string MutationName(int number) => $"mutation_{number}.test.yml";

    private static string UnchangedName(string rules, string tests) => $"{rules}_{tests}.test.yml";

    private static string ReadRules(string rules) => Repository.Read($"alerts/zmq_{rules}.rules.yml");

    private static string Mutate(RuleMutation mutation)
    {
        var text = ReadRules(mutation.Rules);
        Assert.Contains(mutation.Original, text, StringComparison.Ordinal);
        return text.Replace(mutation.Original, mutation.Replacement, StringComparison.Ordinal);
    }

    /// <summary>Writes cases of a test file for this one rule file alone: all cases of all files for each mutation take minutes.</summary>
    /// <param name="name">The name of the new test file.</param>
    /// <param name="rules">The rule file.</param>
    /// <param name="tests">The test file that has the cases.</param>
    /// <param name="caseName">How the name of the one case begins; empty for all of them.</param>
    /// <param name="text">The text of the rule file.</param>
    private string Write(string name, string rules, string tests, string caseName, string text)
    {
        var parts = Repository.Read($"alerts/tests/{tests}.test.yml").Split("rule_files:\n")[1].Split("evaluation_interval:");
        Assert.Equal(2, parts.Length);
        var cases = parts[1].Split(CaseStart);
        var chosen = cases.Skip(1).Where(one => one.StartsWith(caseName, StringComparison.Ordinal)).ToList();
        Assert.True(caseName.Length == 0 ? chosen.Count > 1 : chosen.Count == 1, $"{chosen.Count} cases begin with \"{caseName}\"");

        var ruleFile = Path.ChangeExtension(name, $"{rules}.rules.yml");
        _directory.Write(ruleFile, text);
        return _directory.Write(name, $"rule_files: [{ruleFile}]\nevaluation_interval:{cases[0]}{string.Concat(chosen.Select(one => CaseStart + one))}");
    }
}
