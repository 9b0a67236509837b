using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ZmqExporter.Content;

/// <summary>
/// JSONPath with filters, searches and slices, on a tree of the JSON. Only this and its reader see Newtonsoft.Json, which parses such a path again
/// each time, because nobody can keep what it parsed. Thread-safe.
/// </summary>
internal static class JsonQuery
{
    /// <summary>What is wrong with bytes that are no JSON, as <see cref="FoundValue.Problem"/>.</summary>
    public const string NotJson = ", which is not JSON";

    private const int MaxDepth = 64;
    private const int MaxLength = PayloadDecoder.MaxLength; // its tree takes many times as much

    // A path may hold a regular expression that backtracks: a hostile reply must not be able to stop a probe thread with one match. QueryDeadline bounds all of them.
    private static readonly JsonSelectSettings Settings = new() { RegexMatchTimeout = TimeSpan.FromMilliseconds(100), ErrorWhenNoMatch = false };

    /// <summary>Whether a text is a path.</summary>
    /// <param name="text">What somebody wrote.</param>
    /// <param name="error">What is wrong with it, or null when nothing can be said.</param>
    public static bool IsValid(string text, out string? error)
    {
        error = null;
        try
        {
            _ = new JObject().SelectTokens(text, Settings).Any();
            return true;
        }
        catch (JsonException exception)
        {
            error = $"{char.ToLowerInvariant(exception.Message[0])}{exception.Message[1..].TrimEnd('.')}";
            return false;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            return false;
        }
    }

    /// <summary>The one value that a path selects.</summary>
    public static FoundValue SelectOne(string path, ReadOnlySpan<byte> json, ContentBuffer buffer)
    {
        try
        {
            if (TryRead(path, json, buffer.QueryDeadline ?? QueryDeadline.Begin(), out var problem) is not { } document)
            {
                return FoundValue.Nothing(problem);
            }

            var (count, selected) = (0, (JToken?)null);
            foreach (var token in document.SelectTokens(path, Settings))
            {
                selected ??= token;
                count++;
            }

            if (count != 1)
            {
                return count == 0
                    ? FoundValue.Nothing($", in which {path} selects nothing", FoundKind.Missing)
                    : FoundValue.Nothing(string.Create(CultureInfo.InvariantCulture, $", in which {path} selects {count} values, and one is wanted"));
            }

            var text = selected!.Type == JTokenType.String ? (string)selected! : selected.ToString(Formatting.None);
            var output = buffer.Next();
            output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
            return selected.Type switch
            {
                JTokenType.String => FoundValue.OfText(output.WrittenSpan),
                JTokenType.Integer or JTokenType.Float => FoundValue.OfNumber(output.WrittenSpan),
                _ => FoundValue.OfOther(output.WrittenSpan),
            };
        }
        catch (Exception exception) when (WordsFor(exception, path) is not null)
        {
            return FoundValue.Nothing(WordsFor(exception, path)!);
        }
    }

    /// <summary>The values that a path selects.</summary>
    public static SelectedItems SelectAll(string path, ReadOnlySpan<byte> json, int most, QueryDeadline deadline)
    {
        try
        {
            return TryRead(path, json, deadline, out var problem) is { } document
                ? SelectedItems.Of(path, document.SelectTokens(path, Settings).Take(most))
                : SelectedItems.None(problem);
        }
        catch (Exception exception) when (WordsFor(exception, path) is not null)
        {
            return SelectedItems.None(WordsFor(exception, path)!);
        }
    }

    /// <summary>What is said of a path that has no time left.</summary>
    public static string TookTooLong(string path) => $", on which {path} took too long";

    private static string? WordsFor(Exception exception, string path) => exception switch
    {
        TimeoutException => TookTooLong(path), // of a match, too

        // A regular expression in a filter is only compiled when there is something to filter.
        ArgumentException or JsonException => $", on which {path} cannot be evaluated: {exception.Message}",
        _ => null,
    };

    private static JToken? TryRead(string path, ReadOnlySpan<byte> json, QueryDeadline deadline, out string problem)
    {
        problem = "";
        deadline.Check();
        if (json.Length > MaxLength)
        {
            problem = string.Create(
                CultureInfo.InvariantCulture, $", which has more than {MaxLength >> 20} MiB: too much for {path}, which searches it; a path of names and indices can look into more");
            return null;
        }

        using var reader = new BoundedJsonReader(new StringReader(Encoding.UTF8.GetString(json)))
        {
            MaxDepth = MaxDepth,
            DateParseHandling = DateParseHandling.None,
        };
        try
        {
            return QueryTree.Read(reader, deadline);
        }
        catch (JsonException)
        {
            problem = reader.IsExceeded
                ? string.Create(CultureInfo.InvariantCulture, $", which has more than {BoundedJsonReader.MaxTokens} values and names: too many to search for {path}")
                : JsonProblem.Of(json);
            return null;
        }
    }
}
