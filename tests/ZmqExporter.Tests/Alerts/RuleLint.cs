using System.Text.RegularExpressions;
using TestSupport.Promql;

namespace ZmqExporter.Tests.Alerts;

/// <summary>What is wrong with a rule whatever it is about: mistakes that parse, and that nobody notices until the night in which the alert should ring.</summary>
internal static partial class RuleLint
{
    private const double DefaultInterval = 15; // docs/alerting.md

    private static readonly string[] ForCounters = ["rate", "irate", "increase", "resets"];

    private static readonly string[] Required = ["summary", "description", "runbook_url", "dashboard_url"];

    /// <summary>Every finding, in words.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="interval">The interval of its group, if that has one.</param>
    /// <param name="typeOf">The type of a metric, or null for one that no exporter has.</param>
    public static IEnumerable<string> Of(Rule rule, string? interval, Func<string, string?> typeOf)
    {
        var outline = PromqlOutline.Read(rule.Expr);
        return Texts(rule)
            .Concat(Waits(rule, interval))
            .Concat(Metrics(outline, typeOf))
            .Concat(Comparisons(outline))
            .Concat(Matchers(outline))
            .Concat(AnnotationLabels(rule, outline));
    }

    private static IEnumerable<string> Texts(Rule rule)
    {
        if (rule.Alert.Length == 0)
        {
            return RecordName().IsMatch(rule.Record) ? [] : ["the name of a recorded series is level:metric:operations"];
        }

        return Required.Where(name => string.IsNullOrWhiteSpace(rule.Annotations.GetValueOrDefault(name))).Select(name => $"no {name}")
            .Concat(rule.Labels.ContainsKey("severity") ? [] : ["no severity"]);
    }

    private static IEnumerable<string> Waits(Rule rule, string? interval)
    {
        var seconds = interval is null ? DefaultInterval : PromqlDuration.Seconds(interval);
        return new[] { rule.For, rule.KeepFiringFor }
            .Where(wait => wait is not null && PromqlDuration.Seconds(wait) < 2 * seconds)
            .Select(wait => $"{wait} is shorter than two evaluations");
    }

    private static IEnumerable<string> Metrics(PromqlOutline outline, Func<string, string?> typeOf)
    {
        foreach (var metric in outline.Metrics)
        {
            if (typeOf(metric.Text) is not { } type)
            {
                yield return $"nothing exports or records {metric.Text}";
            }
            else if (type == "gauge"
                && outline.Functions.Where(function => Contains(function.Arguments, metric)).Select(function => function.Name.Text).LastOrDefault() is { } inner
                && ForCounters.Contains(inner, StringComparer.Ordinal))
            {
                yield return $"{inner} of the gauge {metric.Text}";
            }
        }
    }

    /// <summary>Numbers compared with numbers, and how many there are of something: that is never less than one.</summary>
    private static IEnumerable<string> Comparisons(PromqlOutline outline) => outline.Binaries
        .Where(binary => binary.Sign.Text is ">" or ">=" or "!=" or "==" or "<" or "<=")
        .Select(binary => (Left: binary.Left.In(outline.Expression), Sign: binary.Sign.Text, Right: binary.Right.In(outline.Expression)))
        .Where(one => (Number().IsMatch(one.Left) && Number().IsMatch(one.Right))
            || (Count().IsMatch(one.Left) && Balanced(one.Left) && (one.Sign, one.Right) is (">", "0") or (">=", "0") or (">=", "1") or ("!=", "0")))
        .Select(one => $"always true: {one.Sign} {one.Right}");

    private static IEnumerable<string> Matchers(PromqlOutline outline) => outline.Matchers
        .Where(matcher => matcher.Sign.Text.Contains('~', StringComparison.Ordinal) && !RegexSign().IsMatch(matcher.Value.Text))
        .Select(matcher => $"no pattern: {matcher.Name.Text}{matcher.Sign.Text}{matcher.Value.Text}");

    /// <summary>Labels that the texts name and that an aggregation has taken away, in each branch of the expression.</summary>
    private static IEnumerable<string> AnnotationLabels(Rule rule, PromqlOutline outline)
    {
        var named = rule.Annotations.Values.SelectMany(text => LabelOfText().Matches(text)).Select(match => match.Groups["label"].Value).Distinct(StringComparer.Ordinal).ToList();
        var branches = outline.Binaries.Where(binary => binary.Sign.Text == "or").SelectMany(binary => new[] { binary.Left, binary.Right }).DefaultIfEmpty(new PromqlSpan(0, rule.Expr.Length));
        var tops = branches.Select(branch => Top().Match(branch.In(rule.Expr))).Where(top => top.Success);
        foreach (var top in tops)
        {
            var labels = top.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries);
            foreach (var label in named.Where(label => labels.Contains(label, StringComparer.Ordinal) != (top.Groups["how"].Value == "by")))
            {
                yield return $"the texts need the label {label}, which is gone";
            }
        }
    }

    private static bool Contains(PromqlSpan span, PromqlToken token) => span.Start <= token.Start && token.End <= span.End;

    /// <summary>Whether the parentheses that the text opens first are closed at its very end: it is one call and nothing else.</summary>
    private static bool Balanced(string text)
    {
        var body = text[Count().Match(text).Length..];
        var depth = 1;
        for (var i = 0; i < body.Length; i++)
        {
            depth += body[i] == '(' ? 1 : body[i] == ')' ? -1 : 0;
            if (depth == 0)
            {
                return i == body.Length - 1;
            }
        }

        return false;
    }

    [GeneratedRegex("^[a-z_]+:[a-z0-9_]+:[a-z0-9_]+$", RegexOptions.None, 1000)]
    private static partial Regex RecordName();

    [GeneratedRegex(@"^-?[\d.]+$", RegexOptions.None, 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"^count( (by|without) \([^)]*\))? ?\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Count();

    [GeneratedRegex(@"[.|*+?()\[\]^$\\{}]", RegexOptions.None, 1000)]
    private static partial Regex RegexSign();

    [GeneratedRegex(@"\$labels\.(?<label>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelOfText();

    [GeneratedRegex(@"^[\s(]*(sum|max|min|avg|count|group) (?<how>by|without) \((?<labels>[^)]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Top();
}
