namespace ZmqExporter.Metrics.Exposition;

/// <summary>Labels that a sample has beside those of its target, encoded at most once for each format. Immutable; thread-safe.</summary>
/// <param name="labels">Names and values in their order. An empty value means that the label is absent.</param>
internal sealed class LabelSet(params (string Name, string Value)[] labels)
{
    // A race makes the same bytes twice, which does no harm.
    private byte[]? _textEnd;
    private byte[]? _protobuf;

    /// <summary>No label.</summary>
    public static LabelSet Empty { get; } = new();

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty { get; } = labels.All(label => label.Value.Length == 0);

    /// <summary>As a line of the text formats goes on after its target's labels, up to the value: <c>,reason="refused"} </c>.</summary>
    public ReadOnlySpan<byte> TextEnd => _textEnd ??= EncodeTextEnd();

    /// <summary>As the <c>label</c> fields of a Metric message.</summary>
    public ReadOnlySpan<byte> Protobuf => _protobuf ??= EncodeProtobuf();

    /// <summary>One set for each member of an enum.</summary>
    /// <param name="name">The label's name.</param>
    /// <param name="values">Its values in the order of the members.</param>
    public static LabelSet[] OnePerMember(string name, IEnumerable<string> values) => [.. values.Select(value => new LabelSet((name, value)))];

    private byte[] EncodeTextEnd()
    {
        using var text = new ByteBuffer();
        foreach (var (name, value) in labels)
        {
            LabelEncoding.AppendText(text, name, value, withComma: true);
        }

        text.Append("} "u8);
        return text.Written.ToArray();
    }

    private byte[] EncodeProtobuf()
    {
        using var all = new ByteBuffer();
        foreach (var (name, value) in labels)
        {
            LabelEncoding.AppendProtobuf(all, name, value);
        }

        return all.Written.ToArray();
    }
}
