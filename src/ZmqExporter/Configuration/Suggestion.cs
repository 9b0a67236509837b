
namespace ZmqExporter.Configuration;

/// <summary>Finds what a mistyped word was meant to be.</summary>
internal static class Suggestion
{
    // A comparison with each of very many names, for each of very many typos, would take minutes.
    private const int MaxCandidates = 200;
    private const int MaxListed = 20;
    private const int MaxLength = 64;

    /// <summary>The rest of an error about an unknown word: what it may have meant, and what there is.</summary>
    /// <param name="word">The unknown word.</param>
    /// <param name="candidates">The known ones.</param>
    /// <param name="noun">What the list is: "known keys".</param>
    public static string Remedy(string word, IReadOnlyCollection<string> candidates, string noun) => Remedy(word, candidates, candidates, noun);

    /// <summary>The same where not every candidate is worth listing.</summary>
    /// <param name="word">The unknown word.</param>
    /// <param name="candidates">The known ones.</param>
    /// <param name="listed">Those of them that the message lists.</param>
    /// <param name="noun">What the list is: "known keys".</param>
    public static string Remedy(string word, IReadOnlyCollection<string> candidates, IReadOnlyCollection<string> listed, string noun)
    {
        var words = string.Join(", ", listed.Take(MaxListed).Select(Quoted.Plain));
        var list = listed.Count == 0 ? $"{noun}: none" : $"{noun}: {words}{(listed.Count > MaxListed ? ", …" : "")}";
        return Closest(word, candidates) is { } closest ? $"did you mean {Quoted.Plain(closest)}? {Capitalise(list)}" : list;
    }

    /// <summary>The candidate that the word was probably meant to be, or null.</summary>
    public static string? Closest(string word, IReadOnlyCollection<string> candidates)
    {
        if (word.Length is 0 or > MaxLength)
        {
            return null;
        }

        var folded = Fold(word);
        return candidates.Take(MaxCandidates)
            .Where(candidate => candidate.Length <= MaxLength)
            .Select(candidate => (candidate, distance: Distance(folded, Fold(candidate))))
            .Where(pair => pair.distance <= Math.Max(1, Math.Min(word.Length, pair.candidate.Length) / 3))
            .OrderBy(pair => pair.distance)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
    }

    /// <summary>How many letters have to be added, removed, replaced or swapped with their neighbour.</summary>
    internal static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0 ? i + j
                    : Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }

    // Case, and "-" for "_", are no difference to a reader.
    private static string Fold(string word) => TypographicText.Plain(word).ToLowerInvariant().Replace('-', '_');

    private static string Capitalise(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
