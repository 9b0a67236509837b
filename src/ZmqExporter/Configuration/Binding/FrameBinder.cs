using System.Collections.Immutable;
using System.Text;
using ZmqExporter.Configuration.Reading;
using ZmqExporter.Content;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds one entry of <c>send</c>: text, or a mapping with one of the other spellings.</summary>
internal static class FrameBinder
{
    private const int MaxFrameSize = 1024 * 1024;
    private const string Remedy = "write a text, {hex: ..}, {base64: ..}, {json: ..}, {msgpack: ..}, {cbor: ..} or {parts: [..]}";

    /// <summary>The spellings other than text.</summary>
    public static KeyTable Keys { get; } = new("modules.*.send[*]", ["hex", "base64", "json", "msgpack", "cbor", "parts"]);

    /// <summary>The tables of the sections below.</summary>
    public static ImmutableArray<KeyTable> Parts { get; } = [Keys, FramePartBinder.Keys];

    /// <summary>Binds an entry; null after an error.</summary>
    /// <param name="value">The entry.</param>
    /// <param name="captures">What earlier steps have captured.</param>
    public static FrameConfig? Bind(ConfigValue value, CaptureScope captures)
    {
        if (value.Node is not YamlMapping mapping)
        {
            return value.ReadText(Remedy) is { } text ? BindText(value, text, captures, isJson: false) : null;
        }

        if (mapping.Entries.All(entry => entry.Key != "parts") && !Placeholders.CheckQuoted(value, captures)) // parts are looked at one by one
        {
            return null;
        }

        var section = Section.Open(value, Keys)!;
        var spellings = section.FindAll(Keys.Keys).ToList();
        if (spellings.Count != 1)
        {
            Complain(value, section, spellings.Count);
            return null;
        }

        return spellings[0] switch
        {
            var json when section.Find("json") is not null => JsonText.Write(json) is { } text ? BindText(json, text, captures, isJson: true) : null,
            var parts when section.Find("parts") is not null => Limit(parts, FramePartBinder.BindList(parts, captures)),
            var packed when section.Find("msgpack") is not null => Limit(packed, PackedValue.Write(packed, DocumentFormat.MessagePack, captures)),
            var packed when section.Find("cbor") is not null => Limit(packed, PackedValue.Write(packed, DocumentFormat.Cbor, captures)),
            var hex when section.Find("hex") is not null => Limit(hex, BinaryText.ReadHex(hex)),
            var base64 => Limit(base64, BinaryText.ReadBase64(base64)),
        };
    }

    private static void Complain(ConfigValue value, Section section, int spellings)
    {
        if (spellings > 0)
        {
            value.Error("says in several ways what to send", "write one entry a frame");
        }
        else if (!section.HasUnknownKeys)
        {
            value.Error("does not say what to send", Remedy);
        }
    }

    private static FrameConfig? BindText(ConfigValue value, string text, CaptureScope captures, bool isJson)
    {
        if (!ByteEscapes.Check(value) || !Placeholders.CheckSend(value, text, captures) || !IsSmall(value, Encoding.UTF8.GetByteCount(text)))
        {
            return null;
        }

        return captures.Cut(text, isJson) is { IsEmpty: false } parts ? new FrameConfig(Text: null, []) { Parts = parts } : new FrameConfig(text, []);
    }

    private static FrameConfig? Limit(ConfigValue value, byte[]? bytes) =>
        bytes is not null && IsSmall(value, bytes.Length) ? new FrameConfig(null, [.. bytes]) : null;

    private static FrameConfig? Limit(ConfigValue value, ImmutableArray<FramePartConfig>? parts) =>
        parts is { } all && IsSmall(value, all.Sum(part => part.Bytes.Length + Encoding.UTF8.GetByteCount(part.Text ?? "")))
            ? new FrameConfig(Text: null, []) { Parts = all }
            : null;

    private static bool IsSmall(ConfigValue value, int size)
    {
        if (size > MaxFrameSize)
        {
            value.Error("the frame is larger than 1 MiB", "send less: a probe should be light");
        }

        return size <= MaxFrameSize;
    }
}
