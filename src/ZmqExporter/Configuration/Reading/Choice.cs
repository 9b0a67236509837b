using System.Collections.Immutable;

namespace ZmqExporter.Configuration.Reading;

/// <summary>A value that is one of a few words.</summary>
/// <param name="noun">What the words are: "prober".</param>
/// <param name="now">The words of this version and their meanings.</param>
/// <param name="later">Words that the contract knows and this version does not: moving one to <paramref name="now"/> adds it.</param>
internal sealed class Choice<T>(string noun, ImmutableArray<(string Word, T Meaning)> now, ImmutableArray<string> later = default)
{
    private readonly ImmutableArray<string> _words = [.. now.Select(pair => pair.Word)];

    /// <summary>Reads the word; false after an error.</summary>
    public bool TryRead(ConfigValue value, out T meaning)
    {
        meaning = default!;
        return value.ReadText($"write {string.Join(" or ", _words)}") is { } word && TryFind(value, word, out meaning);
    }

    /// <summary>Looks up a word that has been read; false after an error.</summary>
    public bool TryFind(ConfigValue value, string word, out T meaning)
    {
        var index = _words.IndexOf(word);
        meaning = index >= 0 ? now[index].Meaning : default!;
        if (index >= 0)
        {
            return true;
        }

        if (!later.IsDefault && later.Contains(word, StringComparer.Ordinal))
        {
            value.Error($"{noun} {value.Shown} is not in this version yet", $"this version has: {string.Join(", ", _words)}");
        }
        else
        {
            value.Error($"{value.Shown} is not a {noun}", Suggestion.Remedy(word, _words, "this version has"));
        }

        return false;
    }
}
