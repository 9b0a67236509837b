using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using ZmqExporter.Content;

namespace ZmqExporter.Probing;

/// <summary>What the steps of one probe have captured. Not thread-safe, and never used by another probe.</summary>
internal sealed class CapturedValues
{
    private readonly Dictionary<string, CapturedValue> _values = new(StringComparer.Ordinal);
    private readonly CapturedValue? _unknown;

    private CapturedValues(CapturedValue? unknown) => _unknown = unknown;

    /// <summary>None.</summary>
    public CapturedValues()
    {
    }

    /// <summary>Each name stands for some text: to see what a message looks like before there is any.</summary>
    public static CapturedValues Sample { get; } = new(new CapturedValue("x"u8.ToArray(), FoundKind.Text));

    /// <summary>Keeps a value.</summary>
    public void Set(string name, CapturedValue value) => _values[name] = value;

    /// <summary>A value; an empty text before it was captured, which the config does not allow.</summary>
    public CapturedValue Get(string name) => _values.TryGetValue(name, out var value) ? value : _unknown ?? new CapturedValue([], FoundKind.Text);

    /// <summary>Forgets all: the conversation begins again.</summary>
    public void Clear() => _values.Clear();
}

/// <summary>A captured value.</summary>
/// <param name="Bytes">As it came: a frame's bytes, a text in UTF-8, the digits of a number, the JSON of anything else.</param>
/// <param name="Kind">A number, a text, or <see cref="FoundKind.Other"/> for bytes that were bytes in their document.</param>
internal readonly record struct CapturedValue(byte[] Bytes, FoundKind Kind)
{
    /// <summary>Whether it can stand in a text.</summary>
    public bool IsText => Utf8.IsValid(Bytes);

    /// <summary>Appends it as it stands in a string of JSON.</summary>
    public void WriteInJson(IBufferWriter<byte> output) => output.Write(JsonEncodedText.Encode(Bytes, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);

    /// <summary>Appends it as a value of a document, of the type that it had.</summary>
    public void WritePacked(DocumentFormat format, IBufferWriter<byte> output)
    {
        if (Kind == FoundKind.Number)
        {
            PackedScalar.WriteNumber(format, Bytes, output);
        }
        else if (Kind == FoundKind.Text && IsText)
        {
            PackedScalar.WriteText(format, Bytes, output);
        }
        else
        {
            PackedScalar.WriteBytes(format, Bytes, output);
        }
    }
}
