using System.Globalization;

namespace ZmqExporter.Mixin;

/// <summary>Cuts a query of Prometheus into its pieces. It knows strings and comments, so that nothing in them is taken for a name.</summary>
internal sealed class PromQlTokenizer
{
    private static readonly string[] LongSigns = ["=~", "!~", "!=", "==", "<=", ">="];

    private readonly string _text;
    private readonly bool _hasVerbs;
    private int _at;

    private PromQlTokenizer(string text, bool hasVerbs)
    {
        _text = text;
        _hasVerbs = hasVerbs;
    }

    /// <summary>Cuts a text.</summary>
    /// <param name="text">The query.</param>
    /// <param name="hasVerbs">Whether it is a format of Go's printf, in which % begins a verb and is no operator.</param>
    /// <exception cref="FormatException">A string, a range or a variable has no end, or a character belongs to no query.</exception>
    public static List<PromQlToken> Read(string text, bool hasVerbs = false)
    {
        var tokenizer = new PromQlTokenizer(text, hasVerbs);
        var tokens = new List<PromQlToken>();
        while (tokenizer._at < text.Length)
        {
            tokens.Add(tokenizer.Next());
        }

        return tokens;
    }

    private PromQlToken Next()
    {
        var first = _text[_at];
        return first switch
        {
            _ when char.IsWhiteSpace(first) => Take(PromQlKind.Space, EndWhile(_at, char.IsWhiteSpace)),
            '#' => Take(PromQlKind.Comment, EndWhile(_at, c => c != '\n')),
            '"' or '\'' or '`' => Take(PromQlKind.Text, EndOfString(first)),
            '[' => Take(PromQlKind.Range, EndAfter(']')),
            '$' => Take(PromQlKind.Variable, EndOfVariable()),
            '%' when _hasVerbs => Take(PromQlKind.Verb, EndOfVerb()),
            _ when char.IsAsciiDigit(first) || (first == '.' && char.IsAsciiDigit(At(_at + 1))) => Take(PromQlKind.Number, EndOfNumber()),
            _ when IsNameStart(first) => Take(PromQlKind.Word, EndWhile(_at, c => IsNameStart(c) || char.IsAsciiDigit(c))),
            _ when LongSigns.Contains(_text.Substring(_at, Math.Min(2, _text.Length - _at)), StringComparer.Ordinal) => Take(PromQlKind.Sign, _at + 2),
            _ when "(){},=<>+-*/%^@:".Contains(first, StringComparison.Ordinal) => Take(PromQlKind.Sign, _at + 1),
            _ => throw Broken($"unexpected {first}"),
        };
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c is '_' or ':';

    private char At(int index) => index < _text.Length ? _text[index] : '\0';

    private PromQlToken Take(PromQlKind kind, int end)
    {
        var token = new PromQlToken(kind, _text[_at..end]);
        _at = end;
        return token;
    }

    private int EndWhile(int from, Func<char, bool> belongs)
    {
        while (from < _text.Length && belongs(_text[from]))
        {
            from++;
        }

        return from;
    }

    private int EndAfter(char last) => _text.IndexOf(last, _at) is var index and >= 0 ? index + 1 : throw Broken($"no {last}");

    private int EndOfString(char quote)
    {
        for (var i = _at + 1; i < _text.Length; i++)
        {
            if (_text[i] == quote)
            {
                return i + 1;
            }

            if (_text[i] == '\\' && quote != '`')
            {
                i++;
            }
        }

        throw Broken("a string without an end");
    }

    private int EndOfVariable() => At(_at + 1) == '{' ? EndAfter('}') : EndWhile(_at + 1, c => c == '_' || char.IsAsciiLetterOrDigit(c));

    // "%q", "%[1]s", "%.1f" and "%%".
    private int EndOfVerb()
    {
        var end = EndWhile(_at + 1, c => char.IsAsciiDigit(c) || c is '[' or ']' or '.' or '+' or '-');
        return end < _text.Length ? end + 1 : throw Broken("a verb without an end");
    }

    // Durations such as 1h30m and hexadecimal numbers are letters and digits; only an exponent has a sign.
    private int EndOfNumber()
    {
        var end = EndWhile(_at, c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_');
        var isHexadecimal = _text[_at] == '0' && At(_at + 1) is 'x' or 'X';
        return !isHexadecimal && _text[end - 1] is 'e' or 'E' && At(end) is '+' or '-' ? EndWhile(end + 1, char.IsAsciiDigit) : end;
    }

    private FormatException Broken(string problem) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{problem} at character {_at + 1} of the query {_text}"));
}
