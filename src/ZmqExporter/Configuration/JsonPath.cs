using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ZmqExporter.Configuration;

/// <summary>
/// A JSONPath such as <c>$.status</c>. The only type that sees Newtonsoft.Json, whose parsed paths nobody can keep: so those of names and
/// indices, which is nearly all of them, are read here, once, and followed without a tree of the JSON; only what filters, searches or slices
/// goes to Newtonsoft as text each time. Equal by its text; immutable and thread-safe.
/// </summary>
internal sealed partial class JsonPath : IEquatable<JsonPath>
{
    private const int MaxDepth = 64;

    // A path may hold a regular expression that backtracks: a hostile reply must not be able to stop a probe thread with it.
    private static readonly JsonSelectSettings Settings = new() { RegexMatchTimeout = TimeSpan.FromMilliseconds(100), ErrorWhenNoMatch = false };

    private readonly string _text;
    private readonly Step[]? _steps; // null: for Newtonsoft

    private JsonPath(string text)
    {
        _text = text;
        _steps = ReadSteps(text);
    }

    /// <summary>Whether it only consists of names and indices.</summary>
    public bool IsPlain => _steps is not null;

    /// <summary>Reads a path.</summary>
    /// <param name="text">What somebody wrote; starts with <c>$</c> and is not long: the parser recurses with the nesting of filters.</param>
    /// <param name="error">What is wrong with it, after an error: perhaps nothing that can be said.</param>
    /// <returns>The path, or null after an error.</returns>
    public static JsonPath? TryParse(string text, out string? error)
    {
        error = null;
        try
        {
            _ = new JObject().SelectTokens(text, Settings).Any();
            return new JsonPath(text);
        }
        catch (JsonException exception)
        {
            error = $"{char.ToLowerInvariant(exception.Message[0])}{exception.Message[1..].TrimEnd('.')}";
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>The value that the path selects.</summary>
    /// <param name="json">JSON in UTF-8, of any origin.</param>
    public JsonSelection Select(ReadOnlySpan<byte> json)
    {
        try
        {
            using var reader = new JsonTextReader(new StringReader(Encoding.UTF8.GetString(json)))
            {
                MaxDepth = MaxDepth,
                DateParseHandling = DateParseHandling.None,
            };
            MoveToValue(reader);
            var selected = _steps is null ? JToken.ReadFrom(reader) : Follow(reader, _steps);
            ReadToEnd(reader);
            if (_steps is null)
            {
                selected = selected!.SelectToken(_text, Settings);
            }

            return selected is null
                ? new JsonSelection(JsonSelectionKind.Nothing)
                : new JsonSelection(
                    JsonSelectionKind.Value,
                    selected.Type == JTokenType.String ? (string)selected! : selected.ToString(Formatting.None),
                    selected.Type is JTokenType.Integer or JTokenType.Float);
        }
        catch (JsonException)
        {
            return new JsonSelection(JsonSelectionKind.NotJson);
        }
        catch (ArgumentException exception)
        {
            // A regular expression in a filter is only compiled when there is something to filter.
            return new JsonSelection(JsonSelectionKind.BrokenPath, exception.Message);
        }
        catch (RegexMatchTimeoutException)
        {
            return new JsonSelection(JsonSelectionKind.TookTooLong);
        }
    }

    /// <inheritdoc />
    public bool Equals(JsonPath? other) => other is not null && other._text == _text;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as JsonPath);

    /// <inheritdoc />
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);

    /// <summary>As it was written.</summary>
    public override string ToString() => _text;

    // At the first token of a value; leaves the reader at its last.
    private static JToken? Follow(JsonTextReader reader, ReadOnlySpan<Step> steps)
    {
        if (steps.IsEmpty)
        {
            return JToken.ReadFrom(reader);
        }

        JToken? selected = null;
        if (steps[0].Name is { } name && reader.TokenType == JsonToken.StartObject)
        {
            while (MoveOn(reader, JsonToken.EndObject))
            {
                var isIt = (string)reader.Value! == name;
                MoveToValue(reader);
                if (isIt)
                {
                    selected = Follow(reader, steps[1..]); // the last one of a name is the one that counts
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        else if (steps[0].Name is null && reader.TokenType == JsonToken.StartArray)
        {
            for (var index = 0; MoveOn(reader, JsonToken.EndArray); index++)
            {
                if (index == steps[0].Index)
                {
                    selected = Follow(reader, steps[1..]);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        else
        {
            reader.Skip();
        }

        return selected;
    }

    private static bool MoveOn(JsonTextReader reader, JsonToken end)
    {
        MoveToValue(reader);
        return reader.TokenType != end;
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

    private static void ReadToEnd(JsonTextReader reader)
    {
        while (reader.Read())
        {
            if (reader.TokenType != JsonToken.Comment)
            {
                throw new JsonReaderException("more follows the value");
            }
        }

        if (reader.Depth > 0)
        {
            throw new JsonReaderException("the value ends too early");
        }
    }

    private static Step[]? ReadSteps(string text) => PlainPath.Match(text) is { Success: true } match
        ? [.. match.Groups["step"].Captures.Select(capture => Step.Of(capture.Value))]
        : null;

    [GeneratedRegex(@"\A\$(?<step>\.[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]{1,9}\]|\['[^'\\]*'\])*\z", RegexOptions.None, 1000)]
    private static partial Regex PlainPath { get; }

    private readonly record struct Step(string? Name, int Index)
    {
        public static Step Of(string text) => text[0] == '.' ? new Step(text[1..], 0)
            : text[1] == '\'' ? new Step(text[2..^2], 0)
            : new Step(Name: null, int.Parse(text.AsSpan(1..^1), NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
