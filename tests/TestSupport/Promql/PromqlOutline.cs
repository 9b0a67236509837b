namespace TestSupport.Promql;

/// <summary>Where the parts of an expression are: operators with their operands, matchers, lists of labels, functions.</summary>
/// <remarks>A parser for our own rules: it knows the precedence of the operators, and no types.</remarks>
internal sealed class PromqlOutline
{
    // From the weakest to the strongest.
    private static readonly string[][] Levels =
        [["or"], ["and", "unless"], ["==", "!=", ">=", "<=", ">", "<"], ["+", "-"], ["*", "/", "%"]];

    private static readonly HashSet<string> AggregationNames =
        new(["sum", "max", "min", "avg", "count", "group", "count_values", "topk", "bottomk"], StringComparer.Ordinal);

    private int _next;

    private PromqlOutline(string expression)
    {
        Expression = expression;
        Tokens = PromqlToken.Read(expression);
    }

    /// <summary>The expression.</summary>
    public string Expression { get; }

    /// <summary>All of its tokens.</summary>
    public IReadOnlyList<PromqlToken> Tokens { get; }

    /// <summary>Operators with two operands.</summary>
    public List<PromqlBinary> Binaries { get; } = [];

    /// <summary>Lists of labels.</summary>
    public List<PromqlLabels> LabelLists { get; } = [];

    /// <summary>Where <c>group_left</c> is, with its list.</summary>
    public List<PromqlSpan> Groups { get; } = [];

    /// <summary>Names of aggregations.</summary>
    public List<PromqlToken> Aggregations { get; } = [];

    /// <summary>Names of functions, with what they are called with.</summary>
    public List<(PromqlToken Name, PromqlSpan Arguments)> Functions { get; } = [];

    /// <summary>Conditions on labels.</summary>
    public List<PromqlMatcher> Matchers { get; } = [];

    /// <summary>Names of metrics.</summary>
    public List<PromqlToken> Metrics { get; } = [];

    private string? Peek => _next < Tokens.Count ? Tokens[_next].Text : null;

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It is none that this parser knows.</exception>
    public static PromqlOutline Read(string expression)
    {
        var outline = new PromqlOutline(expression);
        outline.ReadBinary(0);
        return outline._next == outline.Tokens.Count ? outline : throw outline.Unexpected();
    }

    private PromqlSpan ReadBinary(int level)
    {
        if (level == Levels.Length)
        {
            return ReadUnary();
        }

        var left = ReadBinary(level + 1);
        while (Levels[level].Contains(Peek, StringComparer.Ordinal))
        {
            var sign = Next();
            ReadMatching();
            var right = ReadBinary(level + 1);
            Binaries.Add(new PromqlBinary(sign, left, right));
            left = new PromqlSpan(left.Start, right.End);
        }

        return left;
    }

    private void ReadMatching()
    {
        if (Peek is "on" or "ignoring")
        {
            ReadLabels(Next());
        }

        if (Peek is "group_left" or "group_right")
        {
            var group = Next();
            if (Peek == "(")
            {
                Skip(")");
            }

            Groups.Add(new PromqlSpan(group.Start, Tokens[_next - 1].End));
        }
    }

    private PromqlSpan ReadUnary()
    {
        if (Peek == "-")
        {
            var sign = Next();
            return new PromqlSpan(sign.Start, ReadUnary().End);
        }

        var span = ReadAtom();
        while (Peek is "[" or "offset")
        {
            if (Next().Text == "offset")
            {
                Next();
            }
            else
            {
                Skip("]");
            }

            span = span with { End = Tokens[_next - 1].End };
        }

        return span;
    }

    private PromqlSpan ReadAtom()
    {
        if (Peek == "{")
        {
            return new PromqlSpan(Tokens[_next].Start, ReadSelector());
        }

        var token = Next();
        if (token.Text == "(")
        {
            ReadBinary(0);
            return new PromqlSpan(token.Start, Expect(")").End);
        }

        if (token.Kind is PromqlTokenKind.Number or PromqlTokenKind.Text)
        {
            return new PromqlSpan(token.Start, token.End);
        }

        if (token.Kind != PromqlTokenKind.Name)
        {
            _next--;
            throw Unexpected();
        }

        return new PromqlSpan(token.Start, ReadNamed(token));
    }

    private int ReadNamed(PromqlToken name)
    {
        if (AggregationNames.Contains(name.Text))
        {
            Aggregations.Add(name);
            if (Peek is "by" or "without")
            {
                ReadLabels(Next());
            }

            return ReadArguments().End;
        }

        if (Peek == "(")
        {
            var place = Functions.Count;
            var arguments = ReadArguments();
            Functions.Insert(place, (name, arguments));
            return arguments.End;
        }

        Metrics.Add(name);
        return Peek == "{" ? ReadSelector() : name.End;
    }

    private PromqlSpan ReadArguments()
    {
        var open = Expect("(");
        while (Peek != ")")
        {
            ReadBinary(0);
            if (Peek == ",")
            {
                Next();
            }
        }

        return new PromqlSpan(open.Start, Next().End);
    }

    private int ReadSelector()
    {
        Expect("{");
        while (Peek != "}")
        {
            Matchers.Add(new PromqlMatcher(Next(), Next(), Next()));
            if (Peek == ",")
            {
                Next();
            }
        }

        return Next().End;
    }

    private void ReadLabels(PromqlToken keyword)
    {
        var open = Expect("(");
        var first = _next;
        Skip(")");
        LabelLists.Add(new PromqlLabels(
            keyword,
            [.. Tokens.Take(_next - 1).Skip(first).Where(token => token.Kind == PromqlTokenKind.Name).Select(token => token.Text)],
            new PromqlSpan(open.End, Tokens[_next - 1].Start)));
    }

    private void Skip(string text)
    {
        while (Next().Text != text)
        {
        }
    }

    private PromqlToken Expect(string text) => Peek == text ? Next() : throw Unexpected();

    private PromqlToken Next() => _next < Tokens.Count ? Tokens[_next++] : throw Unexpected();

    private FormatException Unexpected() => new($"unexpected \"{Peek ?? "end"}\" in {Expression}");
}
