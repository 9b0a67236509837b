using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Formats.Cbor;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MessagePack;
using ZmqExporter.Configuration.Reading;
using ZmqExporter.Content;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Writes a YAML value as MessagePack or CBOR of the same types, in which the placeholders of a probe have their places.</summary>
/// <remarks>The libraries write a whole value. So a mark of the same length stands where a placeholder will, and the bytes are cut there.</remarks>
internal sealed class PackedValue
{
    private const int TokenLength = 24;
    private const ulong SequenceMark = 0xF1_7A_6D_71_73_65_71_01; // as long as any number of 64 bits
    private const ulong TimeMark = 0xF1_7A_6D_71_6D_73_65_02;
    private const ulong CaptureMark = 0xF1_7A_6D_71_63_61_00_00; // and the number of the text, whose length only a probe knows
    private const int CaptureNumberSize = sizeof(ushort);

    private static readonly string TokenMark = new('\u0001', TokenLength);
    private static readonly BinaryNumber Number = new(BinaryKind.Unsigned, sizeof(ulong), IsBigEndian: true);

    private readonly DocumentFormat _format;
    private readonly CaptureScope _captures;
    private readonly List<PackedTextConfig> _texts = [];

    private PackedValue(DocumentFormat format, CaptureScope captures) => (_format, _captures) = (format, captures);

    /// <summary>The value in parts, or null after an error.</summary>
    /// <param name="value">The value.</param>
    /// <param name="format">MessagePack or CBOR.</param>
    /// <param name="captures">What earlier steps have captured.</param>
    public static ImmutableArray<FramePartConfig>? Write(ConfigValue value, DocumentFormat format, CaptureScope captures) =>
        new PackedValue(format, captures).Write(value);

    private ImmutableArray<FramePartConfig>? Write(ConfigValue value)
    {
        var before = value.Errors.Count;
        byte[] bytes;
        if (_format == DocumentFormat.MessagePack)
        {
            var output = new ArrayBufferWriter<byte>();
            var writer = new MessagePackWriter(output);
            WriteMessagePack(ref writer, value);
            writer.Flush();
            bytes = output.WrittenSpan.ToArray();
        }
        else
        {
            var writer = new CborWriter(CborConformanceMode.Lax); // half of a surrogate pair is no reason to throw
            WriteCbor(writer, value);
            bytes = writer.Encode();
        }

        return value.Errors.Count > before ? null : Cut(bytes);
    }

    private void WriteMessagePack(ref MessagePackWriter writer, ConfigValue value)
    {
        switch (value.Node)
        {
            case YamlMapping mapping:
                writer.WriteMapHeader(mapping.Entries.Length);
                foreach (var entry in mapping.Entries)
                {
                    CheckKey(value, entry.Key);
                    writer.Write(entry.Key);
                    WriteMessagePack(ref writer, value with { Node = entry.Value, Path = Quoted.Path(value.Path, entry.Key) });
                }

                break;
            case YamlSequence list:
                writer.WriteArrayHeader(list.Items.Length);
                for (var i = 0; i < list.Items.Length; i++)
                {
                    WriteMessagePack(ref writer, value with { Node = list.Items[i], Path = Quoted.Path(value.Path, i) });
                }

                break;
            default:
                switch (Resolve(value))
                {
                    case null:
                        writer.WriteNil();
                        break;
                    case bool flag:
                        writer.Write(flag);
                        break;
                    case ulong whole:
                        writer.Write(whole);
                        break;
                    case long negative:
                        writer.Write(negative);
                        break;
                    case double real:
                        writer.Write(real);
                        break;
                    case var text:
                        writer.Write((string)text);
                        break;
                }

                break;
        }
    }

    private void WriteCbor(CborWriter writer, ConfigValue value)
    {
        switch (value.Node)
        {
            case YamlMapping mapping:
                writer.WriteStartMap(mapping.Entries.Length);
                foreach (var entry in mapping.Entries)
                {
                    CheckKey(value, entry.Key);
                    writer.WriteTextString(entry.Key);
                    WriteCbor(writer, value with { Node = entry.Value, Path = Quoted.Path(value.Path, entry.Key) });
                }

                writer.WriteEndMap();
                break;
            case YamlSequence list:
                writer.WriteStartArray(list.Items.Length);
                for (var i = 0; i < list.Items.Length; i++)
                {
                    WriteCbor(writer, value with { Node = list.Items[i], Path = Quoted.Path(value.Path, i) });
                }

                writer.WriteEndArray();
                break;
            default:
                switch (Resolve(value))
                {
                    case null:
                        writer.WriteNull();
                        break;
                    case bool flag:
                        writer.WriteBoolean(flag);
                        break;
                    case ulong whole:
                        writer.WriteUInt64(whole);
                        break;
                    case long negative:
                        writer.WriteInt64(negative);
                        break;
                    case double real:
                        writer.WriteDouble(real);
                        break;
                    case var text:
                        writer.WriteTextString((string)text);
                        break;
                }

                break;
        }
    }

    private void CheckKey(ConfigValue value, string key)
    {
        if ((Placeholders.FirstIn(key) ?? _captures.NamesIn(key).FirstOrDefault()) is { } name)
        {
            value.Error($"{{{name}}} in a key of {(_format == DocumentFormat.MessagePack ? "msgpack" : "cbor")} is not replaced", "write it in a value, or build the frame with parts");
        }
        else if (key.Contains('\u0001', StringComparison.Ordinal))
        {
            value.Error("a key has the control character U+0001", "send it with parts");
        }
    }

    private object? Resolve(ConfigValue value)
    {
        var json = JsonScalar.Of((YamlScalar)value.Node);
        return json.Kind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String => ResolveText(value, json.Text),
            _ when ulong.TryParse(json.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) => whole,
            _ when long.TryParse(json.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var negative) => negative,
            _ => double.Parse(json.Text.TrimStart('+').Replace(".inf", "Infinity", StringComparison.OrdinalIgnoreCase).Replace(".nan", "NaN", StringComparison.OrdinalIgnoreCase), NumberStyles.Float, CultureInfo.InvariantCulture),
        };
    }

    private object ResolveText(ConfigValue value, string text)
    {
        if (text is Placeholders.Sequence or Placeholders.UnixMilliseconds)
        {
            return text == Placeholders.Sequence ? SequenceMark : TimeMark;
        }

        if (!ByteEscapes.Check(value) || !Placeholders.CheckSend(value, text, _captures))
        {
            return text;
        }

        if (_captures.Cut(text) is { IsEmpty: false } parts)
        {
            _texts.Add(new PackedTextConfig(_format, [.. parts]));
            return CaptureMark + (ulong)(_texts.Count - 1); // there are no more than the scope allows
        }

        if (text.Contains(Placeholders.Sequence, StringComparison.Ordinal) || text.Contains(Placeholders.UnixMilliseconds, StringComparison.Ordinal))
        {
            value.Error("a text with a number in it has no fixed length, which stands before it", "write the placeholder alone, which sends a number, or use {token}");
        }
        else if (text.Contains('\u0001', StringComparison.Ordinal))
        {
            value.Error("the text has the control character U+0001", "send it with parts");
        }

        return text.Replace(Placeholders.Token, TokenMark, StringComparison.Ordinal);
    }

    private ImmutableArray<FramePartConfig> Cut(byte[] bytes)
    {
        Span<byte> sequence = stackalloc byte[sizeof(ulong)];
        Span<byte> time = stackalloc byte[sizeof(ulong)];
        Span<byte> capture = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(sequence, SequenceMark);
        BinaryPrimitives.WriteUInt64BigEndian(time, TimeMark);
        BinaryPrimitives.WriteUInt64BigEndian(capture, CaptureMark);
        capture = capture[..^CaptureNumberSize];
        var token = Encoding.ASCII.GetBytes(TokenMark);
        var parts = ImmutableArray.CreateBuilder<FramePartConfig>();
        var start = 0;
        for (var at = 0; at < bytes.Length;)
        {
            var rest = bytes.AsSpan(at);
            var part = rest.StartsWith(token) ? new FramePartConfig(Placeholders.Token)
                : rest.StartsWith(sequence) ? new FramePartConfig(Text: null, [], Number, Placeholders.Sequence)
                : rest.StartsWith(time) ? new FramePartConfig(Text: null, [], Number, Placeholders.UnixMilliseconds)
                : rest.StartsWith(capture) ? new FramePartConfig(Text: null) { Packed = _texts[BinaryPrimitives.ReadUInt16BigEndian(rest[capture.Length..])] }
                : null;
            if (part is null)
            {
                at++;
                continue;
            }

            Flush(part.Packed is null ? at : at - 1); // the byte before it says that it is a number
            parts.Add(part);
            at += part.Text is null ? sizeof(ulong) : TokenLength;
            start = at;
        }

        Flush(bytes.Length);
        return parts.ToImmutable();

        void Flush(int end)
        {
            if (end > start)
            {
                parts.Add(new FramePartConfig(Text: null, [.. bytes.AsSpan(start, end - start)]));
            }
        }
    }
}
