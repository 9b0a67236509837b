using System.Text.Json;
using System.Text.RegularExpressions;
using TestSupport.Promql;

namespace ZmqExporter.EndToEndTests.Alerts.Mutants;

/// <summary>One case of a test file, with the rules that it can tell something of.</summary>
/// <remarks>
/// Promtool evaluates all rules of all files for each case: with only those that a case reads, hundreds of runs fit into a minute. Annotations, which
/// ask Prometheus at each evaluation, are written only for a case that reads them.
/// </remarks>
internal sealed partial class RuleCase
{
    private const string CaseStart = "\n  - name: ";

    private readonly string _header;
    private readonly string _text;
    private readonly IReadOnlyList<(string File, RuleGroup Group)> _groups;
    private readonly HashSet<string> _read;
    private readonly bool _readsAnnotations;

    private RuleCase(string file, string header, string text, IReadOnlyList<string> ruleFiles)
    {
        Name = $"{file}: {text.Split('\n')[0]}";
        _header = header;
        _text = text;
        _readsAnnotations = text.Contains("exp_annotations:", StringComparison.Ordinal);
        _groups = [.. ruleFiles.SelectMany(rules => AlertRules.Parse(Repository.Read($"alerts/{rules}")).Groups.Select(group => (rules, group)))];
        _read = RulesThatAreRead();
    }

    /// <summary>The test file and the case.</summary>
    public string Name { get; }

    /// <summary>How much promtool has to do for the case: by how long it is and how many series it has.</summary>
    public double Cost => EvaluationTime().Matches(_text).Max(match => PromqlDuration.Seconds(match.Groups["time"].Value)) * _text.Split("{series:").Length;

    /// <summary>Every case of every test file.</summary>
    public static IReadOnlyList<RuleCase> All { get; } = [.. AlertRules.TestFiles.SelectMany(file => Of(Path.GetFileName(file), Repository.Read(file)))];

    /// <summary>Whether the case reads what the rule makes, if only through other rules.</summary>
    public bool Reads(RuleMutant mutant) => _read.Contains(mutant.Rule.ToString()) && _groups.Any(one => one.File == mutant.File);

    /// <summary>Writes the case with the mutated rule, or with the rules as they are, and returns the test file.</summary>
    public string Write(TempDirectory directory, string name, RuleMutant? mutant)
    {
        var groups = _groups.Select(one => new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["name"] = one.Group.Name,
            ["interval"] = one.Group.Interval ?? "0s",
            ["rules"] = one.Group.Rules.Where(rule => _read.Contains(rule.ToString())).Select(rule => Mutate(one.File, rule, mutant)).Select(AsYaml),
        });
        directory.Write($"{name}.rules.yml", JsonSerializer.Serialize(new { groups }));
        return directory.Write($"{name}.test.yml", $"rule_files: [{name}.rules.yml]\n{_header}\ntests:{CaseStart}{_text}");
    }

    private static IEnumerable<RuleCase> Of(string file, string text)
    {
        var parts = text.Split(CaseStart);
        var ruleFiles = RuleFile().Matches(parts[0]).Select(match => match.Groups["name"].Value).ToList();
        var header = string.Join('\n', parts[0].Split('\n').Where(line => line.StartsWith("evaluation_interval:", StringComparison.Ordinal) || line.StartsWith("group_eval_order:", StringComparison.Ordinal)));
        return parts.Skip(1).Select(one => new RuleCase(file, header, one, ruleFiles));
    }

    private static Rule Mutate(string file, Rule rule, RuleMutant? mutant) =>
        mutant?.File == file && mutant.Rule.ToString() == rule.ToString() && mutant.Rule.Expr == rule.Expr && mutant.Rule.Labels.SequenceEqual(rule.Labels) ? mutant.Mutated : rule;

    private Dictionary<string, object> AsYaml(Rule rule)
    {
        var yaml = new Dictionary<string, object>(StringComparer.Ordinal) { ["expr"] = rule.Expr };
        yaml[rule.Alert.Length > 0 ? "alert" : "record"] = rule.ToString();
        Add("for", rule.For);
        Add("keep_firing_for", rule.KeepFiringFor);
        if (rule.Labels.Count > 0)
        {
            yaml["labels"] = rule.Labels;
        }

        if (_readsAnnotations && rule.Annotations.Count > 0)
        {
            yaml["annotations"] = rule.Annotations;
        }

        return yaml;

        void Add(string key, string? duration)
        {
            if (duration is not (null or "none"))
            {
                yaml[key] = duration;
            }
        }
    }

    private HashSet<string> RulesThatAreRead()
    {
        var rules = _groups.SelectMany(one => one.Group.Rules).ToList();
        var read = new HashSet<string>(StringComparer.Ordinal);
        var texts = new Queue<string>([_text[_text.IndexOf("_test:", StringComparison.Ordinal)..]]);
        while (texts.TryDequeue(out var text))
        {
            var names = Word().Matches(text).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
            var anyAlert = OfAlerts().Matches(text).Any(match => !match.Value.Contains("alertname=\"", StringComparison.Ordinal));
            foreach (var rule in rules.Where(rule => names.Contains(rule.ToString()) || (anyAlert && rule.Alert.Length > 0)))
            {
                if (read.Add(rule.ToString()))
                {
                    rules.Where(other => other.ToString() == rule.ToString()).SelectMany(Texts).ToList().ForEach(texts.Enqueue);
                }
            }
        }

        return read;

        IEnumerable<string> Texts(Rule rule) => _readsAnnotations ? rule.Annotations.Values.Prepend(rule.Expr) : [rule.Expr];
    }

    [GeneratedRegex(@"- \.\./(?<name>\S+\.rules\.yml)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RuleFile();

    [GeneratedRegex(@"\bALERTS\b(\{[^}]*\})?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OfAlerts();

    [GeneratedRegex(@"eval_time: (?<time>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EvaluationTime();

    [GeneratedRegex(@"[A-Za-z_][\w:]*", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
