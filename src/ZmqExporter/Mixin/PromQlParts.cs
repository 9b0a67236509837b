namespace ZmqExporter.Mixin;

/// <summary>A selector of series in a list of tokens.</summary>
/// <param name="Name">The token of the metric's name; -1 when it has none.</param>
/// <param name="Brace">The token of its opening brace; -1 when it has none.</param>
/// <param name="HasMatchers">Whether anything stands in its braces.</param>
internal sealed record PromQlSelector(int Name, int Brace, bool HasMatchers);

/// <summary>Finds the selectors and the lists of labels of a query.</summary>
internal sealed class PromQlParts
{
    private static readonly HashSet<string> Groupings =
        new(["by", "on", "without", "ignoring", "group_left", "group_right"], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> OtherWords =
        new(["and", "or", "unless", "atan2", "bool", "offset", "inf", "nan"], StringComparer.OrdinalIgnoreCase);

    private readonly List<PromQlToken> _tokens;
    private readonly int[] _order; // the tokens that mean something

    private PromQlParts(List<PromQlToken> tokens)
    {
        _tokens = tokens;
        _order = [.. Enumerable.Range(0, tokens.Count).Where(i => !tokens[i].IsBlank)];
        Find();
    }

    /// <summary>The selectors, from left to right.</summary>
    public List<PromQlSelector> Selectors { get; } = [];

    /// <summary>The labels of each <c>by (…)</c> and <c>on (…)</c>, as indices of tokens.</summary>
    public List<int[]> Lists { get; } = [];

    /// <summary>Finds them.</summary>
    public static PromQlParts Of(List<PromQlToken> tokens) => new(tokens);

    private void Find()
    {
        for (var i = 0; i < _order.Length; i++)
        {
            var token = Token(i);
            if (token.Is("{"))
            {
                i = AddSelector(-1, i);
            }
            else if (token.Kind == PromQlKind.Word)
            {
                i = Groupings.Contains(token.Text) && Token(i + 1).Is("(") ? AddList(token.Text, i + 1) : PassWord(i);
            }
        }
    }

    private PromQlToken Token(int i) => i < _order.Length ? _tokens[_order[i]] : PromQlToken.End;

    private int PassWord(int i)
    {
        var (word, next) = (Token(i).Text, Token(i + 1));
        if (word == "label_values" && next.Is("("))
        {
            return PassLabelValues(i + 1);
        }

        var isFunction = next.Is("(") || (next.Kind == PromQlKind.Word && (next.Text.ToUpperInvariant() is "BY" or "WITHOUT"));
        if (isFunction || OtherWords.Contains(word))
        {
            return i;
        }

        if (next.Is("{"))
        {
            return AddSelector(_order[i], i + 1);
        }

        // Behind the name its braces may come from a verb of printf: what makes those has a place for more.
        if (next.Kind != PromQlKind.Verb)
        {
            Selectors.Add(new PromQlSelector(_order[i], -1, HasMatchers: false));
        }

        return i;
    }

    // Grafana's own function: its last argument is a label, and no query.
    private int PassLabelValues(int open)
    {
        var selector = open + 1;
        if (!Token(selector + 1).Is(")"))
        {
            _ = Token(selector).Is("{") ? AddSelector(-1, selector) : PassWord(selector);
        }

        return EndOf(open, ")");
    }

    private int AddSelector(int name, int brace)
    {
        Selectors.Add(new PromQlSelector(name, _order[brace], !Token(brace + 1).Is("}")));
        return EndOf(brace, "}");
    }

    private int AddList(string keyword, int open)
    {
        var end = EndOf(open, ")");
        if (keyword.ToUpperInvariant() is "BY" or "ON")
        {
            Lists.Add([.. _order[open..end].Where(i => _tokens[i].Kind == PromQlKind.Word)]);
        }

        return end;
    }

    private int EndOf(int from, string sign)
    {
        while (from < _order.Length && !Token(from).Is(sign))
        {
            from++;
        }

        return from < _order.Length ? from : throw new FormatException($"no {sign} in the query {string.Concat(_tokens.Select(token => token.Text))}");
    }
}
