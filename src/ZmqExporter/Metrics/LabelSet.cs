using System.Buffers;

namespace ZmqExporter.Metrics;

/// <summary>Labels with their values, encoded at most once for each format. Immutable; thread-safe.</summary>
/// <param name="labels">Names and values in their order. An empty value means that the label is absent.</param>
internal sealed class LabelSet(params (string Name, string Value)[] labels)
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create("\\\n\"");

    // A race makes the same bytes twice, which does no harm.
    private byte[]? _text;
    private byte[]? _protobuf;

    /// <summary>No label.</summary>
    public static LabelSet Empty { get; } = new();

    /// <summary>As in the text formats, without braces: <c>target="a",module="b"</c>.</summary>
    public ReadOnlySpan<byte> Text => _text ??= EncodeText();

    /// <summary>As the <c>label</c> fields of a Metric message.</summary>
    public ReadOnlySpan<byte> Protobuf => _protobuf ??= EncodeProtobuf();

    /// <summary>One set for each member of an enum.</summary>
    /// <param name="name">The label's name.</param>
    /// <param name="values">Its values in the order of the members.</param>
    public static LabelSet[] ForEach(string name, IEnumerable<string> values) => [.. values.Select(value => new LabelSet((name, value)))];

    private byte[] EncodeText()
    {
        using var text = new ByteBuffer();
        foreach (var (name, value) in labels)
        {
            if (value.Length == 0)
            {
                continue;
            }

            if (text.Length > 0)
            {
                text.Append((byte)',');
            }

            text.AppendText(name);
            text.Append("=\""u8);
            text.AppendText(value.AsSpan().ContainsAny(Escaped) ? Escape(value) : value);
            text.Append((byte)'"');
        }

        return text.Written.ToArray();
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal);

    private byte[] EncodeProtobuf()
    {
        using var all = new ByteBuffer();
        using var pair = new ByteBuffer();
        foreach (var (name, value) in labels)
        {
            if (value.Length == 0)
            {
                continue;
            }

            pair.Clear();
            ProtobufFields.WriteString(pair, ProtobufFields.LabelName, name);
            ProtobufFields.WriteString(pair, ProtobufFields.LabelValue, value);
            ProtobufFields.WriteBytes(all, ProtobufFields.MetricLabel, pair.Written);
        }

        return all.Written.ToArray();
    }
}
