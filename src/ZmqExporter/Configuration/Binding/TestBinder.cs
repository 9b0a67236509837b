using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds what must hold for a value of a message.</summary>
internal static class TestBinder
{
    private const int MaxChoices = 100;
    private const string NumberRemedy = "write a number such as 100 or 0.5";

    private static readonly TimeSpan LeastAge = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MostAge = TimeSpan.FromDays(3650);

    private static readonly Choice<bool> Switches = new("value of exists", [("true", true), ("false", false)]);

    /// <summary>The keys of the tests, <c>matches</c> included.</summary>
    public static ImmutableArray<string> Keys { get; } =
    [
        "equals", "not_equals", "matches", "contains", "starts_with", "one_of", "above", "below", "at_least", "at_most", "exists", "max_age",
        "hex", "base64",
    ];

    /// <summary>Binds one test; null after an error.</summary>
    /// <param name="key">Which.</param>
    /// <param name="value">Its value.</param>
    /// <param name="isDocument">Whether it is about a value of JSON, which has types.</param>
    /// <param name="captures">What earlier steps have captured.</param>
    public static TestConfig? Bind(string key, ConfigValue value, bool isDocument, CaptureScope captures)
    {
        var isText = key is "equals" or "not_equals" or "contains" or "starts_with" or "one_of";
        if (isText && !TextsOf(value).All(text => captures.Check(text, ((YamlScalar)text.Node).Text, "write matches if the braces are meant as they are")))
        {
            return null;
        }

        var test = BindText(key, value, isDocument, captures);
        return test is null || !isText ? test : test with
        {
            Captures = [.. TextsOf(value).SelectMany(text => captures.NamesIn(((YamlScalar)text.Node).Text)).Distinct(StringComparer.Ordinal)],
        };
    }

    private static TestConfig? BindText(string key, ConfigValue value, bool isDocument, CaptureScope captures) => key switch
    {
        "equals" => ReadEqual(value, isDocument, captures),
        "not_equals" => ReadScalar(value, isDocument) is { } text ? new TestConfig.NotEquals(Utf8(text)) : null,
        "matches" => Patterns.Read(value, captures) is { } pattern ? new TestConfig.Matches(pattern) : null,
        "contains" => BytesValue.Read(value, "write the text that must be in it, or {hex: ..}") is { } bytes ? new TestConfig.Contains([.. bytes]) : null,
        "starts_with" => BytesValue.Read(value, "write the text that it must begin with, or {hex: ..}") is { } bytes ? new TestConfig.StartsWith([.. bytes]) : null,
        "one_of" => ReadChoices(value, isDocument),
        "above" => ReadBound(value, BoundKind.Above),
        "below" => ReadBound(value, BoundKind.Below),
        "at_least" => ReadBound(value, BoundKind.AtLeast),
        "at_most" => ReadBound(value, BoundKind.AtMost),
        "exists" => Switches.TryRead(value, out var wanted) ? new TestConfig.Exists(wanted) : null,
        "max_age" => DurationValue.Read(value, LeastAge, MostAge) is { } age ? new TestConfig.MaxAge(age) : null,
        "hex" => BinaryText.ReadHex(value) is { } hex ? new TestConfig.EqualsBytes([.. hex]) : null,
        _ => BinaryText.ReadBase64(value) is { } base64 ? new TestConfig.EqualsBytes([.. base64]) : null,
    };

    // Bytes in hex are no text, and nothing is replaced in them.
    private static ImmutableArray<ConfigValue> TextsOf(ConfigValue value) => value.Node switch
    {
        YamlScalar => [value],
        YamlSequence => [.. (value.ReadItems("") ?? []).Where(item => item.Node is YamlScalar)],
        _ => [],
    };

    private static TestConfig.EqualsText? ReadEqual(ConfigValue value, bool isDocument, CaptureScope captures) =>
        ReadScalar(value, isDocument) is { } text && Placeholders.CheckExpect(value, text, captures, "token", "sequence") ? new TestConfig.EqualsText(text) : null;

    private static string? ReadScalar(ConfigValue value, bool isDocument)
    {
        if (!isDocument)
        {
            return value.ReadText("write the text in quotes, \"\" for an empty frame") is { } plain && ByteEscapes.Check(value) ? plain : null;
        }

        if (value.Node is not YamlScalar scalar)
        {
            value.WrongType("a single value", "write one entry for each value in it");
            return null;
        }

        if (scalar.IsBroken)
        {
            return null;
        }

        var json = JsonScalar.Of(scalar);
        if (json.Kind == JsonValueKind.Undefined)
        {
            value.Error($"{value.Shown} has no spelling in JSON", "put it in quotes to compare with a string");
            return null;
        }

        return json.Text;
    }

    private static TestConfig.OneOf? ReadChoices(ConfigValue value, bool isDocument)
    {
        if (value.ReadItems("write a list: [ok, idle]") is not { } items)
        {
            return null;
        }

        if (items.Length is 0 or > MaxChoices)
        {
            value.Error(string.Create(CultureInfo.InvariantCulture, $"there are {items.Length} values"), $"write 1 to {MaxChoices} of them");
            return null;
        }

        var texts = items.Select(item => ReadScalar(item, isDocument)).OfType<string>().ToImmutableArray();
        return texts.Length == items.Length ? new TestConfig.OneOf(texts) : null;
    }

    private static TestConfig.Bound? ReadBound(ConfigValue value, BoundKind kind)
    {
        if (value.ReadText(NumberRemedy) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var limit) && double.IsFinite(limit))
        {
            return new TestConfig.Bound(kind, limit);
        }

        value.Error($"{value.Shown} is not a number", NumberRemedy);
        return null;
    }

    private static EquatableArray<byte> Utf8(string text) => [.. Encoding.UTF8.GetBytes(text)];
}
