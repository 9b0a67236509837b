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
    public static ImmutableArray<FramePartConfig>? BindList(ConfigValue list)
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

        var parts = items.Select(Bind).OfType<FramePartConfig>().ToImmutableArray();
        return parts.Length == items.Length ? parts : null;
    }

    private static FramePartConfig? Bind(ConfigValue value)
    {
        if (value.Node is not YamlMapping mapping)
        {
            return value.ReadText(Remedy) is { } text && ByteEscapes.Check(value) && Placeholders.CheckSend(value, text) ? new FramePartConfig(text) : null;
        }

        if (Placeholders.IsUnquoted(mapping) is { } name)
        {
            value.Error($"a bare {{{name}}} is a mapping in YAML", $"put it in quotes: \"{{{name}}}\"");
            return null;
        }

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
            _ => BindNumber(spellings[0], Formats[key]),
        };
    }

    private static FramePartConfig? BindNumber(ConfigValue value, BinaryNumber format)
    {
        const string NumberRemedy = "write a number, \"{sequence}\" or \"{unix_ms}\"";
        if (value.ReadText(NumberRemedy) is not { } text)
        {
            return null;
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
