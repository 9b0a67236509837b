using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>
/// The names that the steps of a module capture, as one of its steps sees them: it may use what earlier ones have captured. Not thread-safe.
/// </summary>
/// <param name="stepOf">In which step each name is captured.</param>
/// <param name="step">The number of the step that looks.</param>
/// <param name="isConversation">Whether the module has several steps: then a word in braces that nobody captures is a mistake.</param>
internal sealed partial class CaptureScope(ImmutableDictionary<string, int> stepOf, int step, bool isConversation)
{
    // Each use may be as long as a captured value: what a step sends stays within a few MiB.
    private const int MaxUses = 256;

    private int _uses;

    /// <summary>Where nothing can be captured.</summary>
    public static CaptureScope None => new(ImmutableDictionary<string, int>.Empty, step: 0, isConversation: false);

    /// <summary>The names in braces in a text that stand for captured values.</summary>
    public ImmutableArray<string> NamesIn(string text) =>
    [
        .. InBraces.Matches(text).Where(match => IsExact(match) && IsAvailable(NameOf(match))).Select(NameOf).Distinct(StringComparer.Ordinal),
    ];

    /// <summary>The name if a text is one in braces and nothing else, and stands for a captured value; else null.</summary>
    public string? NameAlone(string text) => NamesIn(text) is [var name] && text.Length == name.Length + 2 ? name : null;

    /// <summary>Reports words in braces that are no captured values here; false after an error.</summary>
    /// <param name="value">Where they stand.</param>
    /// <param name="text">What stands there.</param>
    /// <param name="literally">How to write braces that are meant as they are.</param>
    public bool Check(ConfigValue value, string text, string literally)
    {
        foreach (Match match in InBraces.Matches(text))
        {
            if (Complaint(match, literally) is var (message, remedy))
            {
                value.Error(value.IsFromEnvironment ? $"{value.Shown}: {message}" : message, remedy);
                return false;
            }
        }

        return true;
    }

    /// <summary>Reports captured values in a text in which nothing is replaced; false after an error.</summary>
    /// <param name="value">Where it stands.</param>
    /// <param name="text">The text.</param>
    /// <param name="remedy">What to write instead.</param>
    public bool CheckLiteral(ConfigValue value, string text, string remedy)
    {
        foreach (Match match in InBraces.Matches(text))
        {
            // \p{L} is a class of characters.
            var isClass = match.Index >= 2 && text[match.Index - 2] == '\\' && text[match.Index - 1] is 'p' or 'P';
            if (stepOf.ContainsKey(NameOf(match)) && !isClass)
            {
                value.Error($"{{{NameOf(match)}}} is not replaced here", remedy);
                return false;
            }
        }

        return true;
    }

    /// <summary>Cuts a text at its captured values.</summary>
    /// <param name="text">The text, which has been checked.</param>
    /// <param name="isInJson">Whether they stand in strings of JSON.</param>
    /// <returns>Empty when there are none.</returns>
    public ImmutableArray<FramePartConfig> Cut(string text, bool isInJson = false)
    {
        var parts = ImmutableArray.CreateBuilder<FramePartConfig>();
        var start = 0;
        foreach (Match match in InBraces.Matches(text))
        {
            if (!IsExact(match) || !IsAvailable(NameOf(match)))
            {
                continue;
            }

            if (match.Index > start)
            {
                parts.Add(new FramePartConfig(text[start..match.Index]));
            }

            parts.Add(new FramePartConfig(Text: null) { Capture = NameOf(match), IsInJson = isInJson });
            start = match.Index + match.Length;
        }

        if (start > 0 && start < text.Length)
        {
            parts.Add(new FramePartConfig(text[start..]));
        }

        return parts.ToImmutable();
    }

    private (string Message, string Remedy)? Complaint(Match match, string literally)
    {
        var name = NameOf(match);
        if (Placeholders.IsBuiltIn(name))
        {
            return null;
        }

        if (IsExact(match) && IsAvailable(name))
        {
            return ++_uses <= MaxUses ? null : (
                string.Create(CultureInfo.InvariantCulture, $"captured values stand in more than {MaxUses} places of this step"), "write fewer of them");
        }

        if (IsExact(match) && stepOf.TryGetValue(name, out var captured))
        {
            var where = captured == step ? "from the reply of this very step" : string.Create(CultureInfo.InvariantCulture, $"in steps[{captured}]");
            return ($"{{{name}}} is captured {where}, and used before that", "use it in a later step, or capture it in an earlier one");
        }

        return Suggestion.Closest(name, [.. stepOf.Keys]) is { } meant ? ($"{match.Value} is not a placeholder", $"write {{{meant}}}, or {literally}")
            : isConversation && IsExact(match) ? ($"{match.Value} is captured in no step", $"add capture: {{{name}: {{frame: 0}}}} to an earlier step, or {literally}")
            : null;
    }

    private static string NameOf(Match match) => match.Groups["name"].Value;

    private static bool IsExact(Match match) => match.Length == match.Groups["name"].Length + 2;

    private bool IsAvailable(string name) => stepOf.TryGetValue(name, out var captured) && captured < step;

    [GeneratedRegex(@"\{ *(?<name>[A-Za-z_][A-Za-z0-9_]{0,31}) *\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InBraces { get; }
}
