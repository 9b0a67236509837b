using System.Globalization;
using TestSupport.Promql;

namespace ZmqExporter.EndToEndTests.Alerts.Mutants;

/// <summary>One mistake in an expression.</summary>
/// <param name="Kind">What was changed.</param>
/// <param name="Span">Where.</param>
/// <param name="Replacement">What is there now.</param>
internal sealed record ExpressionMutant(string Kind, PromqlSpan Span, string Replacement)
{
    /// <summary>The expression with the mistake.</summary>
    public string Apply(string expression) => expression[..Span.Start] + Replacement + expression[Span.End..];
}

/// <summary>Makes every mistake that a rule's expression can have: numbers, windows, operators, clauses, labels, matchers, functions.</summary>
internal static class ExpressionMutants
{
    private static readonly Dictionary<string, string[]> Signs = new(StringComparer.Ordinal)
    {
        [">"] = [">=", "<"],
        ["<"] = ["<=", ">"],
        [">="] = [">", "<"],
        ["<="] = ["<", ">"],
        ["=="] = ["!="],
        ["!="] = ["=="],
        ["+"] = ["-"],
        ["-"] = ["+"],
        ["*"] = ["/"],
        ["/"] = ["*"],
        ["and"] = ["unless"],
        ["unless"] = ["and"],
    };

    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["sum"] = "max",
        ["max"] = "min",
        ["min"] = "max",
        ["count"] = "group",
        ["group"] = "count",
        ["topk"] = "bottomk",
        ["last_over_time"] = "max_over_time",
        ["max_over_time"] = "min_over_time",
        ["min_over_time"] = "max_over_time",
        ["increase"] = "delta",
        ["rate"] = "increase",
        ["clamp_min"] = "clamp_max",
        ["sum_over_time"] = "max_over_time",
        ["count_over_time"] = "sum_over_time",
        ["by"] = "without",
        ["without"] = "by",
        ["on"] = "ignoring",
        ["ignoring"] = "on",
        ["="] = "!=",
        ["!="] = "=",
        ["=~"] = "!~",
        ["!~"] = "=~",
    };

    /// <summary>Every mutant, without those that are the same expression.</summary>
    public static IEnumerable<ExpressionMutant> Of(string expression)
    {
        var outline = PromqlOutline.Read(expression);
        return Numbers(outline)
            .Concat(outline.Binaries.SelectMany(binary => Operators(outline, binary)))
            .Concat(outline.LabelLists.SelectMany(Labels))
            .Concat(outline.Groups.Select(group => new ExpressionMutant("group_left", group, "")))
            .Concat(outline.Aggregations.SelectMany(name => Other("aggregation", name)))
            .Concat(outline.Functions.SelectMany(function => Other("function", function.Name)))
            .Concat(outline.Matchers.SelectMany(matcher => Matchers(outline, matcher)))
            .DistinctBy(mutant => mutant.Apply(expression), StringComparer.Ordinal)
            .Where(mutant => mutant.Apply(expression) != expression);
    }

    private static IEnumerable<ExpressionMutant> Numbers(PromqlOutline outline)
    {
        for (var i = 0; i < outline.Tokens.Count; i++)
        {
            var token = outline.Tokens[i];
            if (token.Kind == PromqlTokenKind.Number)
            {
                foreach (var number in OtherNumbers(token.Text))
                {
                    yield return new ExpressionMutant("number", Span(token), number);
                }
            }

            if (token.Kind != PromqlTokenKind.Duration)
            {
                continue;
            }

            if (outline.Tokens[i - 1].Text == ":")
            {
                yield return new ExpressionMutant("step", Span(token), Times(token.Text, 2));
                continue;
            }

            if (outline.Tokens[i - 1].Text == "offset")
            {
                yield return new ExpressionMutant("offset", new PromqlSpan(outline.Tokens[i - 1].Start, token.End), "");
            }

            yield return new ExpressionMutant("window", Span(token), Times(token.Text, 2));
            yield return new ExpressionMutant("window", Span(token), Times(token.Text, 0.5));
        }
    }

    private static IEnumerable<ExpressionMutant> Operators(PromqlOutline outline, PromqlBinary binary)
    {
        var sign = binary.Sign.Text;
        if (sign is "and" or "or" or "unless")
        {
            var both = new PromqlSpan(binary.Left.Start, binary.Right.End);
            yield return new ExpressionMutant("clause", both, binary.Left.In(outline.Expression));
            yield return new ExpressionMutant("clause", both, binary.Right.In(outline.Expression));
        }

        var kind = sign switch
        {
            "and" or "or" or "unless" => "operator",
            "+" or "-" or "*" or "/" or "%" => "arithmetic",
            _ => "comparison",
        };
        foreach (var other in Signs.GetValueOrDefault(sign, []))
        {
            yield return new ExpressionMutant(kind, Span(binary.Sign), other);
        }
    }

    private static IEnumerable<ExpressionMutant> Labels(PromqlLabels list) => list.Names
        .Select(name => new ExpressionMutant($"label of {list.Keyword.Text}", list.Inside, string.Join(", ", list.Names.Where(other => other != name))))
        .Concat(Other("grouping", list.Keyword));

    private static IEnumerable<ExpressionMutant> Matchers(PromqlOutline outline, PromqlMatcher matcher)
    {
        if (matcher.Name.Text != "__name__")
        {
            yield return new ExpressionMutant("matcher", Whole(outline.Expression, matcher), "");
        }

        // Without a name a selector has to say which series it wants: only not to want some is an error, and not a rule.
        if (matcher.Name.Text != "__name__" || !matcher.Sign.Text.StartsWith('='))
        {
            yield return new ExpressionMutant("matcher", Span(matcher.Sign), Others[matcher.Sign.Text]);
        }

        var alternatives = matcher.Value.Text.Trim('"').Split('|');
        if (matcher.Sign.Text.Contains('~', StringComparison.Ordinal) && alternatives.Length > 1)
        {
            foreach (var alternative in alternatives)
            {
                yield return new ExpressionMutant("matcher", Span(matcher.Value), $"\"{string.Join('|', alternatives.Where(other => other != alternative))}\"");
            }
        }
    }

    /// <summary>A matcher with the comma that has to go with it.</summary>
    private static PromqlSpan Whole(string expression, PromqlMatcher matcher)
    {
        var start = matcher.Name.Start;
        var end = matcher.Value.End;
        var rest = expression[end..].TrimStart();
        if (rest.StartsWith(','))
        {
            return new PromqlSpan(start, expression.Length - rest.Length + 1);
        }

        var before = expression[..start].TrimEnd();
        return new PromqlSpan(before.EndsWith(',') ? before.Length - 1 : start, end);
    }

    private static IEnumerable<ExpressionMutant> Other(string kind, PromqlToken token)
    {
        if (Others.TryGetValue(token.Text, out var other))
        {
            yield return new ExpressionMutant(kind, Span(token), other);
        }
    }

    private static string[] OtherNumbers(string text)
    {
        if (text == "NaN")
        {
            return ["0"];
        }

        var number = double.Parse(text, CultureInfo.InvariantCulture);
        if (text.Contains('.', StringComparison.Ordinal) || number > 12)
        {
            return [Text(number * 1.5), Text(number * 0.5)];
        }

        return number > 0 ? [Text(number + 1), Text(number - 1)] : ["1"];
    }

    /// <summary>A duration of PromQL, made longer or shorter.</summary>
    public static string Times(string duration, double factor)
    {
        var seconds = PromqlDuration.Seconds(duration) * factor;
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(seconds))}s");
    }

    private static string Text(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);

    private static PromqlSpan Span(PromqlToken token) => new(token.Start, token.End);
}
