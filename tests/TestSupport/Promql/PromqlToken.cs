using System.Text.RegularExpressions;

namespace TestSupport.Promql;

/// <summary>What a token of PromQL is.</summary>
internal enum PromqlTokenKind
{
    Number,
    Duration,
    Text,
    Name,
    Symbol,
}

/// <summary>A word, number, string or symbol of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">How it is written.</param>
/// <param name="Start">Where it begins.</param>
internal sealed partial record PromqlToken(PromqlTokenKind Kind, string Text, int Start)
{
    /// <summary>The place behind it.</summary>
    public int End => Start + Text.Length;

    /// <summary>Splits an expression into its tokens. Enough for our own rules: no comments, no strings in single quotes, no exponents.</summary>
    /// <exception cref="FormatException">There is something else.</exception>
    public static IReadOnlyList<PromqlToken> Read(string expression)
    {
        var tokens = new List<PromqlToken>();
        for (var i = 0; i < expression.Length;)
        {
            if (expression[i] == ':')
            {
                tokens.Add(new PromqlToken(PromqlTokenKind.Symbol, ":", i++)); // of a subquery: a name never begins with it here
                continue;
            }

            var match = Token().Match(expression, i);
            if (!match.Success)
            {
                throw new FormatException($"no token of PromQL at {i}: {expression[i..]}");
            }

            foreach (var kind in Enum.GetValues<PromqlTokenKind>().Where(kind => match.Groups[kind.ToString()].Success))
            {
                tokens.Add(new PromqlToken(kind, match.Value, i));
            }

            i += match.Length;
        }

        return tokens;
    }

    [GeneratedRegex(
        """\G(\s+|(?<Text>"(\\.|[^"\\])*")|(?<Duration>(\d+(ms|[smhdwy]))+)|(?<Number>\d+(\.\d+)?([eE][+-]?\d+)?|NaN\b)|(?<Name>[a-zA-Z_][\w:]*)|(?<Symbol>==|!=|>=|<=|=~|!~|[-+*/%^<>=(){}\[\],]))""",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Token();
}
