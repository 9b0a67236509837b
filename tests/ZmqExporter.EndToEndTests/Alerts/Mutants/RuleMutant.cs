using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests.Alerts.Mutants;

/// <summary>A rule with one mistake.</summary>
/// <param name="File">The rule file's name.</param>
/// <param name="Rule">The rule as it is.</param>
/// <param name="Mutation">What the mistake is: kind and both texts, and which one of those that read alike. No place, so that the name outlives other changes of the rule.</param>
/// <param name="Mutated">The rule with the mistake.</param>
internal sealed partial record RuleMutant(string File, Rule Rule, string Mutation, Rule Mutated)
{
    /// <summary>The rule's name, with its labels where several rules share the name.</summary>
    public string RuleName => NameOf(Rule);

    /// <summary>Every mutant of every rule.</summary>
    public static IReadOnlyList<RuleMutant> All { get; } =
    [
        .. AlertRules.Files.SelectMany(file => AlertRules.Parse(Repository.Read(file)).Groups
            .SelectMany(group => group.Rules)
            .SelectMany(rule => Of(Path.GetFileName(file), rule))),
    ];

    /// <summary>Every mutant of one rule.</summary>
    public static IEnumerable<RuleMutant> Of(string file, Rule rule)
    {
        var alike = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var mutant in ExpressionMutants.Of(rule.Expr))
        {
            yield return Make(
                $"{mutant.Kind}: {mutant.Span.In(rule.Expr)} -> {mutant.Replacement}",
                changed => changed.Expr = mutant.Apply(rule.Expr));
        }

        foreach (var duration in Durations(rule.For))
        {
            yield return Make($"for: {rule.For} -> {duration}", changed => changed.For = duration);
        }

        foreach (var duration in Durations(rule.KeepFiringFor))
        {
            yield return Make($"keep_firing_for: {rule.KeepFiringFor} -> {duration}", changed => changed.KeepFiringFor = duration);
        }

        foreach (var label in rule.Labels.Keys)
        {
            yield return Make($"rule label: {label} -> other", changed => changed.Labels[label] = "other");
        }

        RuleMutant Make(string mutation, Action<Rule> change)
        {
            var mutated = rule.Copy();
            change(mutated);
            var name = Space().Replace(mutation, " ");
            var number = alike[name] = alike.GetValueOrDefault(name) + 1;
            return new RuleMutant(file, rule, number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} ({number})"), mutated);
        }
    }

    /// <summary>Tells whether a rule is still the one whose mutants were run: its expression, durations and labels, in a few letters.</summary>
    public static string FingerprintOf(Rule rule)
    {
        var parts = rule.Labels.Select(label => $"{label.Key}={label.Value}").Prepend(rule.KeepFiringFor).Prepend(rule.For).Prepend(Space().Replace(rule.Expr, " ").Trim());
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..12];
    }

    private static string NameOf(Rule rule)
    {
        var labels = rule.Record.Length > 0 || rule.Labels.ContainsKey("burn") ? string.Join(',', rule.Labels.Select(label => $"{label.Key}={label.Value}")) : "";
        return labels.Length > 0 ? $"{rule}{{{labels}}}" : rule.ToString();
    }

    private static string[] Durations(string? duration) =>
        duration is null ? [] : ["none", ExpressionMutants.Times(duration, 2), ExpressionMutants.Times(duration, 0.5)];

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Space();
}
