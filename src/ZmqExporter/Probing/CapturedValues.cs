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
