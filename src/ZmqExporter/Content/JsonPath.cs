using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ZmqExporter.Content;

/// <summary>
/// A JSONPath such as <c>$.status</c>. Those of names and indices, which is nearly all of them, are read here once and followed without a tree
/// of the JSON and without an allocation; what filters, searches or slices goes to <see cref="JsonQuery"/>, and <see cref="JsonItems"/> finds
/// many. Equal by its text; immutable and thread-safe.
/// </summary>
internal sealed partial class JsonPath : IEquatable<JsonPath>
{
    private readonly string _text;
    private readonly PathTree? _tree; // null: a query

    private readonly JsonItems? _items; // null: a query even for many
    private readonly string _selectsNothing; // said of many messages: made once

    private JsonPath(string text)
    {
        _text = text;
        _selectsNothing = $", in which {text} selects nothing";
        Steps = ReadSteps(text);
        _tree = Steps is { } steps ? new PathTree(steps) : null;
        _items = JsonItems.TryParse(text);
    }

    /// <summary>The whole document.</summary>
    public static JsonPath Root { get; } = new("$");

    /// <summary>Whether it only consists of names and indices, so that it selects one value at most.</summary>
    public bool IsPlain => _tree is not null;

    /// <summary>Its names and indices; null for a query.</summary>
    public ImmutableArray<JsonStep>? Steps { get; }

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
        if (_tree is null)
        {
            return JsonQuery.SelectOne(_text, json, buffer);
        }

        Span<JsonPlace> place = stackalloc JsonPlace[1];
        return _tree.TryFollow(json, place) ? At(json, place[0], buffer) : NotJson(json);
    }

    /// <summary>The value at a place that a <see cref="PathTree"/> found for this path.</summary>
    /// <param name="json">The document.</param>
    /// <param name="place">The place.</param>
    /// <param name="buffer">Takes a text that is escaped in the JSON.</param>
    public FoundValue At(ReadOnlySpan<byte> json, JsonPlace place, ContentBuffer buffer)
    {
        try
        {
            return place.Type == JsonTokenType.None
                ? FoundValue.Nothing(_selectsNothing, FoundKind.Missing)
                : Value(json[place.Start..place.End], place.Type, buffer);
        }
        catch (InvalidOperationException)
        {
            return NotJson(json); // invalid UTF-8, or half of a surrogate pair, in the text
        }
    }

    /// <summary>What is said of a document that is none.</summary>
    /// <param name="json">The document.</param>
    public static FoundValue NotJson(ReadOnlySpan<byte> json) => FoundValue.Nothing(JsonProblem.Of(json));

    /// <summary>All values that the path selects, each as JSON.</summary>
    /// <param name="json">JSON in UTF-8, of any origin.</param>
    /// <param name="most">No more than so many.</param>
    /// <param name="deadline">When a query has to give up.</param>
    /// <returns>None as well when it is not JSON.</returns>
    public SelectedItems SelectAll(ReadOnlySpan<byte> json, int most, QueryDeadline deadline)
    {
        if (_items is null)
        {
            return JsonQuery.SelectAll(_text, json, most, deadline);
        }

        var places = _items.Find(json, most);
        var items = ImmutableArray.CreateBuilder<byte[]>(places.Count);
        foreach (var place in places)
        {
            items.Add(json[place].ToArray());
        }

        return new SelectedItems(items.MoveToImmutable(), Problem: null);
    }

    /// <inheritdoc />
    public bool Equals(JsonPath? other) => other is not null && other._text == _text;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as JsonPath);

    /// <inheritdoc />
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);

    /// <summary>As it was written.</summary>
    public override string ToString() => _text;

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

    private static ImmutableArray<JsonStep>? ReadSteps(string text) => PlainPath.Match(text) is { Success: true } match
        ? [.. match.Groups["step"].Captures.Select(capture => JsonStep.Of(capture.Value))]
        : null;

    [GeneratedRegex(@"\A\$(?<step>\.[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]{1,9}\]|\['[^'\\]*'\])*\z", RegexOptions.None, 1000)]
    private static partial Regex PlainPath { get; }
}
