using System.Buffers;
using System.Runtime.CompilerServices;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>How each format writes a label. One with an empty value is absent.</summary>
internal static class LabelEncoding
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create("\\\n\"");

    /// <summary>Adds <c>name="value"</c>, as both text formats have it.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public static void AppendText(ByteBuffer to, string name, string value, bool withComma)
    {
        if (value.Length == 0)
        {
            return;
        }

        if (withComma)
        {
            to.Append((byte)',');
        }

        to.AppendText(name);
        to.Append("=\""u8);
        to.AppendText(value.AsSpan().ContainsAny(Escaped) ? Escape(value) : value);
        to.Append((byte)'"');
    }

    /// <summary>Adds a <c>label</c> field of a Metric message.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public static void AppendProtobuf(ByteBuffer to, string name, string value)
    {
        if (value.Length == 0)
        {
            return;
        }

        var pair = ProtobufFields.LengthOfString(name) + ProtobufFields.LengthOfString(value);
        ProtobufFields.WriteLength(to, ProtobufFields.MetricLabel, pair);
        ProtobufFields.WriteString(to, ProtobufFields.LabelName, name);
        ProtobufFields.WriteString(to, ProtobufFields.LabelValue, value);
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal);
}
