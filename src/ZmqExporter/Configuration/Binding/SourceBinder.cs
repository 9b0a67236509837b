using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;
using ZmqExporter.Content;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds where in a message something is: the same keys wherever a message is looked into.</summary>
internal static class SourceBinder
{
    /// <summary>The highest number of a frame.</summary>
    public const int MaxFrame = 255;

    private const int MaxOffset = 1 << 20;
    private const int MaxDecodings = 4;
    private const string AfterRemedy = "write the text that stands before it, or {hex: ..}";

    private static readonly ImmutableArray<string> Documents = ["json", "msgpack", "cbor"];

    private static readonly Choice<Decoding> Decodings = new(
        "decoding",
        [("zlib", Decoding.Zlib), ("gzip", Decoding.Gzip), ("brotli", Decoding.Brotli), ("base64", Decoding.Base64)]);

    private static readonly Choice<BinaryNumber> Formats = new("format of a number", [.. BinaryNumber.All()], format => format.Name);

    /// <summary>The keys of a source, without <c>matches</c>, which is a test where it stands alone.</summary>
    public static ImmutableArray<string> Keys { get; } = ["frame", .. Documents, "offset", "format", "after", "decode"];

    /// <summary>Binds the source of a section; null after an error.</summary>
    /// <param name="section">Has its keys.</param>
    /// <param name="pattern">A regular expression whose first group is the source, or null.</param>
    /// <param name="hasOwnFormat">Whether <c>format</c> says something of its own where no number is read from bytes.</param>
    /// <param name="captures">The names of captured values, none of which is replaced in it; null for none.</param>
    public static SourceConfig? Bind(Section section, ConfigValue? pattern, bool hasOwnFormat = false, CaptureScope? captures = null)
    {
        captures ??= CaptureScope.None;
        var errors = section.Value.Errors;
        var before = errors.Count;
        var frame = section.Find("frame") is { } number ? Numbers.Read(number, 0, MaxFrame) : 0;
        var decode = section.Find("decode") is { } list ? ReadDecodings(list) : [];
        var after = section.Find("after") is { } text ? ReadAfter(text, captures) : [];
        var selector = ReadSelector(section, pattern, hasOwnFormat, captures);
        return errors.Count > before || frame is null || selector is null
            ? null
            : new SourceConfig(frame.Value, selector, [.. decode], [.. after ?? []]);
    }

    private static byte[]? ReadAfter(ConfigValue value, CaptureScope captures) =>
        value.Node is YamlScalar scalar && !captures.CheckLiteral(value, scalar.Text, AfterRemedy) ? null : BytesValue.Read(value, AfterRemedy);

    private static SelectorConfig? ReadSelector(Section section, ConfigValue? pattern, bool hasOwnFormat, CaptureScope captures)
    {
        var kinds = section.FindAll([.. Documents, "offset"]).ToList();
        if (pattern is not null)
        {
            kinds.Add(pattern);
        }

        if (kinds.Count > 1)
        {
            kinds[1].Error("says in a second way where to look", "keep one of json, msgpack, cbor, offset and matches");
            return null;
        }

        var format = section.Find("format");
        if (section.Find("offset") is { } offset)
        {
            format ??= section.Require("format", "write format: uint32_le");
            var at = Numbers.Read(offset, 0, MaxOffset);
            return format is not null && Formats.TryRead(format, out var known) && at is { } place ? new SelectorConfig.Number(place, known) : null;
        }

        (hasOwnFormat ? null : format)?.Error("has no meaning without offset", "add offset: and the number of bytes before it, or remove this");
        if (pattern is not null)
        {
            return ReadGroup(pattern, captures);
        }

        return kinds is [var document]
            ? JsonPaths.Read(document) is { } path ? new SelectorConfig.Document(FormatOf(section), path) : null
            : new SelectorConfig.Whole();
    }

    private static SelectorConfig.Group? ReadGroup(ConfigValue value, CaptureScope captures)
    {
        if (Patterns.Read(value, captures) is not { } pattern)
        {
            return null;
        }

        if (pattern.Contains(Placeholders.Token, StringComparison.Ordinal))
        {
            value.Error("{token} cannot stand in a regular expression that finds a value", "write one entry for {token} and one for the value");
            return null;
        }

        if (Patterns.GroupsOf(pattern) < 2)
        {
            value.Error("the regular expression has no group, and its first group is the value", "put ( ) around the value");
            return null;
        }

        return new SelectorConfig.Group(pattern);
    }

    private static DocumentFormat FormatOf(Section section) =>
        section.Find("json") is not null ? DocumentFormat.Json
        : section.Find("msgpack") is not null ? DocumentFormat.MessagePack
        : DocumentFormat.Cbor;

    private static ImmutableArray<Decoding> ReadDecodings(ConfigValue list)
    {
        if (list.ReadItems("write how it is packed, the outermost first: [zlib]") is not { } items)
        {
            return [];
        }

        if (items.Length > MaxDecodings)
        {
            list.Error($"there are {items.Length} layers", $"write {MaxDecodings} at most");
            return [];
        }

        return [.. items.Select(item => Decodings.TryRead(item, out var decoding) ? decoding : default)];
    }
}
