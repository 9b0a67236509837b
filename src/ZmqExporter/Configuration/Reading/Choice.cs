using System.Collections.Immutable;

namespace ZmqExporter.Configuration.Reading;

/// <summary>A value that is one of a few words. Its meanings are read by their index alone: a query over pairs of a word and a meaning would be some 10 kB
/// of the native program for each kind of meaning.</summary>
internal sealed class Choice<T>
{
    private readonly string _noun;
    private readonly ImmutableArray<string> _words;
    private readonly ImmutableArray<string> _later;
    private readonly T[] _meanings;

    /// <param name="noun">What the words are: "prober".</param>
    /// <param name="now">The words of this version and their meanings.</param>
    /// <param name="later">Words that the contract knows and this version does not: moving one to <paramref name="now"/> adds it.</param>
    public Choice(string noun, ReadOnlySpan<(string Word, T Meaning)> now, ImmutableArray<string> later = default)
    {
        _noun = noun;
        _later = later;
        _meanings = new T[now.Length];
        var words = new string[now.Length];
        for (var i = 0; i < now.Length; i++)
        {
            (words[i], _meanings[i]) = now[i];
        }

        _words = [.. words];
    }

    /// <param name="noun">What the words are: "client".</param>
    /// <param name="now">What is meant by the words of this version.</param>
    /// <param name="word">The word for a meaning.</param>
    public Choice(string noun, ReadOnlySpan<T> now, Func<T, string> word)
    {
        _noun = noun;
        _meanings = now.ToArray();
        _words = [.. Array.ConvertAll(_meanings, meaning => word(meaning))];
    }

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
        meaning = index >= 0 ? _meanings[index] : default!;
        if (index >= 0)
        {
            return true;
        }

        if (!_later.IsDefault && _later.Contains(word, StringComparer.Ordinal))
        {
            value.Error($"{_noun} {value.Shown} is not in this version yet", $"this version has: {string.Join(", ", _words)}");
        }
        else
        {
            value.Error($"{value.Shown} is not a {_noun}", Suggestion.Remedy(word, _words, "this version has"));
        }

        return false;
    }
}
