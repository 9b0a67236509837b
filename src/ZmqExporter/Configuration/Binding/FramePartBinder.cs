using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;
using ZmqExporter.Content;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>parts</c>: what a frame is put together from, so that an id of a probe fits into any binary protocol.</summary>
internal static class FramePartBinder
{
    private const int MaxParts = 256;
    private const string Remedy = "write a text, {hex: ..}, {base64: ..} or a number such as {uint32_be: 5}";

    private static readonly ImmutableDictionary<string, BinaryNumber> Formats =
        BinaryNumber.All().ToImmutableDictionary(format => format.Name, StringComparer.Ordinal);

    /// <summary>The spellings other than text.</summary>
    public static KeyTable Keys { get; } = new("modules.*.send[*].parts[*]", ["hex", "base64", .. BinaryNumber.All().Select(format => format.Name)]);

    /// <summary>Binds the list; null after an error.</summary>
    /// <param name="list">The list.</param>
    /// <param name="captures">What earlier steps have captured.</param>
    public static ImmutableArray<FramePartConfig>? BindList(ConfigValue list, CaptureScope captures)
    {
        if (list.ReadItems($"write one entry a part: [{{hex: \"93 01\"}}, \"{Placeholders.Token}\"]") is not { } items)
        {
            return null;
        }

        if (items.Length is 0 or > MaxParts)
        {
            list.Error($"there are {items.Length} parts", $"write 1 to {MaxParts} of them");
            return null;
        }

        var parts = items.Select(item => Bind(item, captures)).ToImmutableArray();
        return parts.Contains(default) ? null : [.. parts.SelectMany(part => part)];
    }

    // Default after an error: a text with captured values is several.
    private static ImmutableArray<FramePartConfig> Bind(ConfigValue value, CaptureScope captures)
    {
        if (value.Node is not YamlMapping)
        {
            return value.ReadText(Remedy) is { } text && ByteEscapes.Check(value) && Placeholders.CheckSend(value, text, captures)
                ? captures.Cut(text) is { IsEmpty: false } parts ? parts : [new FramePartConfig(text)]
                : default;
        }

        return Placeholders.CheckQuoted(value, captures) && BindMapping(value, captures) is { } part ? [part] : default;
    }

    private static FramePartConfig? BindMapping(ConfigValue value, CaptureScope captures)
    {
        var section = Section.Open(value, Keys)!;
        var spellings = section.FindAll(Keys.Keys).ToList();
        if (spellings.Count != 1)
        {
            if (!section.HasUnknownKeys)
            {
                value.Error(spellings.Count == 0 ? "is empty" : "has several parts", spellings.Count == 0 ? Remedy : "write one entry a part");
            }

            return null;
        }

        var key = Keys.Keys.First(key => section.Find(key) is not null);
        return key switch
        {
            "hex" => BinaryText.ReadHex(spellings[0]) is { } hex ? new FramePartConfig(Text: null, [.. hex]) : null,
            "base64" => BinaryText.ReadBase64(spellings[0]) is { } base64 ? new FramePartConfig(Text: null, [.. base64]) : null,
            _ => BindNumber(spellings[0], Formats[key], captures),
        };
    }

    private static FramePartConfig? BindNumber(ConfigValue value, BinaryNumber format, CaptureScope captures)
    {
        const string NumberRemedy = "write a number, \"{sequence}\" or \"{unix_ms}\"";
        if (value.ReadText(NumberRemedy) is not { } text || !captures.Check(value, text, NumberRemedy))
        {
            return null;
        }

        if (captures.NameAlone(text) is { } name)
        {
            return new FramePartConfig(Text: null, [], format) { Capture = name };
        }

        if (text is Placeholders.Sequence or Placeholders.UnixMilliseconds)
        {
            if (format.Kind != BinaryKind.Float && (format.Size == sizeof(ulong) || text == Placeholders.Sequence))
            {
                return new FramePartConfig(Text: null, [], format, text);
            }

            value.Error(
                format.Kind == BinaryKind.Float ? $"{text} is a whole number" : $"{text} does not fit into {format.Name}",
                "write it in a format of whole numbers of 64 bits, such as uint64_be");
            return null;
        }

        if (format.TryParse(text, out var bits))
        {
            var bytes = new byte[format.Size];
            format.Write(bits, bytes);
            return new FramePartConfig(Text: null, [.. bytes]);
        }

        value.Error($"{value.Shown} is not a number that fits into {format.Name}", NumberRemedy);
        return null;
    }
}
