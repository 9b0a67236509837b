using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace ZmqExporter.Teaching;

/// <summary>A short text as words with numbers between them: "OK 12 jobs".</summary>
/// <param name="Literals">What stands around the numbers, one more than there are numbers.</param>
/// <param name="Numbers">The numbers.</param>
internal sealed partial record TextShape(ImmutableArray<string> Literals, ImmutableArray<string> Numbers)
{
    private const int MaxText = 512;
    private const int MaxNumbers = 8;
    private const string AnyNumber = @"-?[0-9]+(?:\.[0-9]+)?";

    /// <summary>Whether another text differs in its numbers alone.</summary>
    public bool IsLike(TextShape other) => Literals.SequenceEqual(other.Literals, StringComparer.Ordinal);

    /// <summary>The shape of a text; null when it is too long, has too many numbers, or words that look random.</summary>
    public static TextShape? Of(string text)
    {
        if (text.Length > MaxText || LooksRandom(text))
        {
            return null;
        }

        var literals = ImmutableArray.CreateBuilder<string>();
        var numbers = ImmutableArray.CreateBuilder<string>();
        var at = 0;
        foreach (var match in Number.Matches(text).Cast<Match>())
        {
            literals.Add(text[at..match.Index]);
            numbers.Add(match.Value);
            at = match.Index + match.Length;
        }

        literals.Add(text[at..]);
        return numbers.Count > MaxNumbers ? null : new TextShape(literals.ToImmutable(), numbers.ToImmutable());
    }

    /// <summary>Whether a text has a word that may be another one next time: an identifier, a date.</summary>
    public static bool LooksRandom(string text) => RandomWord.IsMatch(text);

    /// <summary>What comes before the first number or random word.</summary>
    public static string Head(string text)
    {
        var head = text.Length <= MaxText ? text : text[..MaxText];
        var random = RandomWord.Match(head);
        head = random.Success ? head[..random.Index] : head;
        var digit = head.AsSpan().IndexOfAnyInRange('0', '9');
        return digit < 0 ? head : head[..digit];
    }

    /// <summary>A regular expression for all such texts.</summary>
    public string Pattern()
    {
        var pattern = new StringBuilder("^").Append(Escape(Literals[0]));
        foreach (var literal in Literals.Skip(1))
        {
            pattern.Append(AnyNumber).Append(Escape(literal));
        }

        return pattern.Append('$').ToString();
    }

    /// <summary>A regular expression whose group is one of the numbers.</summary>
    public string PatternOf(int number)
    {
        // "depth=12": its name is enough to find it, wherever it stands.
        if (LastWord.Match(Literals[number]) is { Success: true } key && key.Groups["mark"].Success
            && IsOnItsOwn(number, key.Index)
            && Literals.Count(literal => literal.Contains(key.Value, StringComparison.Ordinal)) == 1)
        {
            return $@"\b{Escape(key.Value)}({AnyNumber})";
        }

        var pattern = new StringBuilder("^");
        for (var i = 0; i <= number; i++)
        {
            pattern.Append(Escape(Literals[i])).Append(i == number ? $"({AnyNumber})" : AnyNumber);
        }

        // Only up to the end of its line: .NET's engine without backtracking (10.0) loses the group of a match that ends with the text's last line feed.
        var following = Literals[number + 1];
        var end = following.AsSpan().IndexOfAny('\r', '\n');
        return pattern.Append(end >= 0 ? Escape(following[..end]) : following.Length == 0 && number + 2 == Literals.Length ? "$" : Escape(following)).ToString();
    }

    /// <summary>What one of the numbers is called: "depth" in "depth=12", "jobs" in "12 jobs".</summary>
    public string WordOf(int number)
    {
        var before = LastWord.Match(Literals[number]);
        var after = FirstWord.Match(Literals[number + 1]);
        var isNamedBefore = before.Success && (before.Groups["mark"].Success || !Literals[^1].Any(char.IsAsciiLetter));
        return isNamedBefore ? before.Groups["word"].Value
            : after.Success ? after.Groups["word"].Value
            : before.Success ? before.Groups["word"].Value
            : "number";
    }

    // No letter or digit stands right before the word.
    private bool IsOnItsOwn(int number, int index) => index == 0 ? number == 0 : Literals[number][index - 1] is var c && c != '_' && !char.IsLetterOrDigit(c);

    private static string Escape(string literal) => Special.Replace(literal, @"\$0");

    // Not within a word, a date, a version or an address.
    [GeneratedRegex(@"(?<![A-Za-z0-9_]|[0-9][.,:/-])-?[0-9]+(\.[0-9]+)?(?![.,:/-]?[0-9]|_)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number { get; }

    [GeneratedRegex(@"\b(?=[0-9A-Za-z]*[0-9])(?=[0-9A-Za-z]*[A-Za-z])[0-9A-Za-z]{8,}\b|[0-9A-Za-z]{24,}|[0-9]{4}-[0-9]{2}-[0-9]{2}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex RandomWord { get; }

    [GeneratedRegex(@"(?<word>[A-Za-z][A-Za-z0-9_]*)(?<mark>\s*[=:]\s*)?\s*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LastWord { get; }

    [GeneratedRegex(@"\A\s*(?<word>[A-Za-z%][A-Za-z0-9_]*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FirstWord { get; }

    [GeneratedRegex(@"[\\*+?|{}\[\]()^$.#]", RegexOptions.None, 1000)]
    private static partial Regex Special { get; }
}
