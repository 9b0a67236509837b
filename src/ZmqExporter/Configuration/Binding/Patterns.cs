using System.Text.RegularExpressions;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Regular expressions for replies. Thread-safe.</summary>
internal static class Patterns
{
    // Matched in linear time, because the reply is in the hands of the peer.
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    // .NET's parser recurses with the nesting of groups.
    private const int MaxLength = 2000;

    // A load binds all built-in modules, and to prepare a pattern only to see whether it is one takes milliseconds: the next load knows.
    private const int MostKnown = 1000;

    private static readonly Lock KnownLock = new();
    private static readonly Dictionary<string, int> KnownGroups = new(StringComparer.Ordinal);

    /// <summary>Reads a pattern; null after an error.</summary>
    /// <param name="value">The value.</param>
    /// <param name="captures">The names of captured values.</param>
    public static string? Read(ConfigValue value, CaptureScope captures)
    {
        if (value.ReadText("write a regular expression in single quotes") is not { } pattern
            || !captures.CheckLiteral(value, pattern, "write equals, contains, starts_with or one_of")
            || !Placeholders.CheckExpect(value, pattern, CaptureScope.None, "token"))
        {
            return null;
        }

        if (pattern.Length > MaxLength)
        {
            value.Error($"the regular expression is longer than {MaxLength} characters", "match less of the reply");
            return null;
        }

        try
        {
            // The token stands for letters and digits, where a bare {token} could be read as a broken quantifier.
            _ = GroupsOf(pattern.Replace(Placeholders.Token, "token", StringComparison.Ordinal));
            return pattern;
        }
        catch (RegexParseException exception)
        {
            value.Error(
                $"is not a regular expression: at character {exception.Offset}, {Words(exception)}",
                "mend it, or write \\ before a character that is meant as it is");
        }
        catch (NotSupportedException)
        {
            value.Error(
                "the regular expression cannot be matched in linear time",
                "write it without look-around, back-references, atomic groups and large repeat counts");
        }

        return null;
    }

    /// <summary>How many groups a pattern has, the whole of it included.</summary>
    /// <exception cref="RegexParseException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It cannot be matched in linear time.</exception>
    public static int GroupsOf(string pattern)
    {
        lock (KnownLock)
        {
            if (KnownGroups.TryGetValue(pattern, out var known))
            {
                return known;
            }
        }

        var groups = new Regex(pattern, Options, Regex.InfiniteMatchTimeout).GetGroupNumbers().Length;
        lock (KnownLock)
        {
            if (KnownGroups.Count < MostKnown)
            {
                KnownGroups[pattern] = groups;
            }
        }

        return groups;
    }

    // "Invalid pattern '…' at offset 3. Not enough )'s." without the pattern, which may hold a value from the environment.
    private static string Words(RegexParseException exception)
    {
        var marker = $" at offset {exception.Offset}. ";
        var start = exception.Message.LastIndexOf(marker, StringComparison.Ordinal);
        return start < 0 ? exception.Error.ToString() : exception.Message[(start + marker.Length)..].TrimEnd('.');
    }
}
