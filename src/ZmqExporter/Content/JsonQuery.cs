using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
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

    // A path may hold a regular expression that backtracks: a hostile reply must not be able to stop a probe thread with it.
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
        if (json.Length > MaxLength)
        {
            return FoundValue.Nothing(string.Create(
                CultureInfo.InvariantCulture, $", which has more than {MaxLength >> 20} MiB: too much for {path}, which searches it; a path of names and indices can look into more"));
        }

        using var reader = ReaderOf(json);
        if (TryRead(reader) is not { } document)
        {
            return FoundValue.Nothing(reader.IsExceeded
                ? string.Create(CultureInfo.InvariantCulture, $", which has more than {BoundedJsonReader.MaxTokens} values and names: too many to search for {path}")
                : NotJson);
        }

        try
        {
            var all = document.SelectTokens(path, Settings).ToList();
            if (all is not [var selected])
            {
                return all.Count == 0
                    ? FoundValue.Nothing($", in which {path} selects nothing", FoundKind.Missing)
                    : FoundValue.Nothing(string.Create(CultureInfo.InvariantCulture, $", in which {path} selects {all.Count} values, and one is wanted"));
            }

            var text = selected.Type == JTokenType.String ? (string)selected! : selected.ToString(Formatting.None);
            var output = buffer.Next();
            output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
            return selected.Type switch
            {
                JTokenType.String => FoundValue.OfText(output.WrittenSpan),
                JTokenType.Integer or JTokenType.Float => FoundValue.OfNumber(output.WrittenSpan),
                _ => FoundValue.OfOther(output.WrittenSpan),
            };
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException)
        {
            // A regular expression in a filter is only compiled when there is something to filter.
            return FoundValue.Nothing($", on which {path} cannot be evaluated: {exception.Message}");
        }
        catch (RegexMatchTimeoutException)
        {
            return FoundValue.Nothing($", on which {path} took too long");
        }
    }

    /// <summary>The values that a path selects, each as JSON; none when it cannot be evaluated.</summary>
    public static ImmutableArray<byte[]> SelectAll(string path, ReadOnlySpan<byte> json, int most)
    {
        using var reader = ReaderOf(json);
        try
        {
            return json.Length > MaxLength ? [] : [.. Read(reader).SelectTokens(path, Settings).Take(most).Select(token => Encoding.UTF8.GetBytes(token.ToString(Formatting.None)))];
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or RegexMatchTimeoutException)
        {
            return [];
        }
    }

    private static BoundedJsonReader ReaderOf(ReadOnlySpan<byte> json) => new(new StringReader(Encoding.UTF8.GetString(json)))
    {
        MaxDepth = MaxDepth,
        DateParseHandling = DateParseHandling.None,
    };

    private static JToken? TryRead(BoundedJsonReader reader)
    {
        try
        {
            return Read(reader);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JToken Read(BoundedJsonReader reader)
    {
        MoveToValue(reader);
        var value = JToken.ReadFrom(reader);
        while (reader.Read())
        {
            if (reader.TokenType != JsonToken.Comment)
            {
                throw new JsonReaderException("more follows the value");
            }
        }

        return reader.Depth > 0 ? throw new JsonReaderException("the value ends too early") : value;
    }

    private static void MoveToValue(JsonTextReader reader)
    {
        do
        {
            if (!reader.Read())
            {
                throw new JsonReaderException("the value ends too early");
            }
        }
        while (reader.TokenType == JsonToken.Comment);
    }
}
