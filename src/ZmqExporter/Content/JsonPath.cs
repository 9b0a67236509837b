using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ZmqExporter.Content;

/// <summary>
/// A JSONPath such as <c>$.status</c>. Those of names and indices, which is nearly all of them, are read here once and followed without a tree
/// of the JSON and without an allocation; what filters, searches or slices goes to <see cref="JsonQuery"/>, and <see cref="JsonItems"/> finds many. Equal by its text; immutable and
/// thread-safe.
/// </summary>
internal sealed partial class JsonPath : IEquatable<JsonPath>
{
    private const int MaxDepth = 64;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip };

    private readonly string _text;
    private readonly JsonStep[]? _steps; // null: a query
    private readonly JsonItems? _items; // null: a query even for many

    private JsonPath(string text)
    {
        _text = text;
        _steps = ReadSteps(text);
        _items = JsonItems.TryParse(text);
    }

    /// <summary>The whole document.</summary>
    public static JsonPath Root { get; } = new("$");

    /// <summary>Whether it only consists of names and indices, so that it selects one value at most.</summary>
    public bool IsPlain => _steps is not null;

    /// <summary>Reads a path.</summary>
    /// <param name="text">What somebody wrote; starts with <c>$</c> and is not long: the parser recurses with the nesting of filters.</param>
    /// <param name="error">What is wrong with it, after an error: perhaps nothing that can be said.</param>
    /// <returns>The path, or null after an error.</returns>
    public static JsonPath? TryParse(string text, out string? error) =>
        JsonQuery.IsValid(text, out error) ? new JsonPath(text) : null;

    /// <summary>The value that the path selects.</summary>
    /// <param name="json">JSON in UTF-8, of any origin.</param>
    /// <param name="buffer">Takes a text that is escaped in the JSON.</param>
    public FoundValue Select(ReadOnlySpan<byte> json, ContentBuffer buffer)
    {
        if (_steps is null)
        {
            return JsonQuery.SelectOne(_text, json, buffer);
        }

        try
        {
            var reader = new Utf8JsonReader(json, Options);
            var found = new Place(JsonTokenType.None, 0, 0);
            if (!reader.Read())
            {
                return NotJson();
            }

            Follow(ref reader, _steps, ref found);
            while (reader.Read())
            {
                // What follows is no JSON either: the reader throws.
            }

            return found.Type == JsonTokenType.None
                ? FoundValue.Nothing($", in which {_text} selects nothing", FoundKind.Missing)
                : Value(json[found.Start..found.End], found.Type, buffer);
        }
        catch (JsonException)
        {
            return NotJson();
        }
        catch (InvalidOperationException)
        {
            return NotJson(); // invalid UTF-8, or half of a surrogate pair, in a name or in the text
        }
    }

    /// <summary>All values that the path selects, each as JSON.</summary>
    /// <param name="json">JSON in UTF-8, of any origin.</param>
    /// <param name="most">No more than so many.</param>
    /// <returns>None as well when it is not JSON.</returns>
    public ImmutableArray<byte[]> SelectAll(ReadOnlySpan<byte> json, int most)
    {
        if (_items is null)
        {
            return JsonQuery.SelectAll(_text, json, most);
        }

        var places = _items.Find(json, Options, most);
        var items = ImmutableArray.CreateBuilder<byte[]>(places.Count);
        foreach (var place in places)
        {
            items.Add(json[place].ToArray());
        }

        return items.MoveToImmutable();
    }

    /// <inheritdoc />
    public bool Equals(JsonPath? other) => other is not null && other._text == _text;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as JsonPath);

    /// <inheritdoc />
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);

    /// <summary>As it was written.</summary>
    public override string ToString() => _text;

    private static FoundValue NotJson() => FoundValue.Nothing(JsonQuery.NotJson);

    // At the first token of a value; leaves the reader at its last.
    private static void Follow(ref Utf8JsonReader reader, ReadOnlySpan<JsonStep> steps, ref Place found)
    {
        if (steps.IsEmpty)
        {
            var (type, start) = (reader.TokenType, (int)reader.TokenStartIndex);
            reader.Skip();
            found = new Place(type, start, (int)reader.BytesConsumed);
        }
        else if (steps[0].Name is { } name && reader.TokenType == JsonTokenType.StartObject)
        {
            found = default; // the last one of a name is the one that counts, also when it leads nowhere
            while (MoveOn(ref reader, JsonTokenType.EndObject))
            {
                var isIt = reader.ValueTextEquals(name);
                _ = reader.Read();
                FollowOrSkip(ref reader, isIt, steps, ref found);
            }
        }
        else if (steps[0].Name is null && reader.TokenType == JsonTokenType.StartArray)
        {
            for (var index = 0; MoveOn(ref reader, JsonTokenType.EndArray); index++)
            {
                FollowOrSkip(ref reader, index == steps[0].Index, steps, ref found);
            }
        }
        else
        {
            found = default;
            reader.Skip();
        }
    }

    private static void FollowOrSkip(ref Utf8JsonReader reader, bool isIt, ReadOnlySpan<JsonStep> steps, ref Place found)
    {
        if (isIt)
        {
            Follow(ref reader, steps[1..], ref found);
        }
        else
        {
            reader.Skip();
        }
    }

    private static bool MoveOn(ref Utf8JsonReader reader, JsonTokenType end)
    {
        _ = reader.Read(); // the reader has all of it: what ends too early makes it throw
        return reader.TokenType != end;
    }

    private static FoundValue Value(ReadOnlySpan<byte> json, JsonTokenType type, ContentBuffer buffer)
    {
        if (type == JsonTokenType.Number)
        {
            return FoundValue.OfNumber(json);
        }

        if (type != JsonTokenType.String)
        {
            return FoundValue.OfOther(json);
        }

        var reader = new Utf8JsonReader(json);
        _ = reader.Read();
        if (!reader.ValueIsEscaped)
        {
            return FoundValue.OfText(reader.ValueSpan);
        }

        var output = buffer.Next();
        output.Advance(reader.CopyString(output.GetSpan(json.Length)));
        return FoundValue.OfText(output.WrittenSpan);
    }

    private static JsonStep[]? ReadSteps(string text) => PlainPath.Match(text) is { Success: true } match
        ? [.. match.Groups["step"].Captures.Select(capture => JsonStep.Of(capture.Value))]
        : null;

    [GeneratedRegex(@"\A\$(?<step>\.[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]{1,9}\]|\['[^'\\]*'\])*\z", RegexOptions.None, 1000)]
    private static partial Regex PlainPath { get; }

    private readonly record struct Place(JsonTokenType Type, int Start, int End);
}
