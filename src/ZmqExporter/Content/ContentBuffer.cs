using System.Buffers;

namespace ZmqExporter.Content;

/// <summary>
/// Where sources put what they have to make of a frame: decoded bytes, unescaped text, the digits of a number. Used again for each value, and
/// not thread-safe.
/// </summary>
internal sealed class ContentBuffer
{
    private const int KeptSize = 64 * 1024; // one large frame must not cost its memory forever

    private ArrayBufferWriter<byte> _first = new();
    private ArrayBufferWriter<byte> _second = new();

    /// <summary>The one that was given last.</summary>
    public ArrayBufferWriter<byte> Current => _first;

    /// <summary>Until when queries may look, where several share the time; null: each has its own.</summary>
    public QueryDeadline? QueryDeadline { get; set; }

    /// <summary>An empty one, other than the one that was given last: so the result of a step can be the input of the next.</summary>
    public ArrayBufferWriter<byte> Next()
    {
        (_first, _second) = (_second, _first);
        if (_first.Capacity > KeptSize)
        {
            _first = new ArrayBufferWriter<byte>();
        }

        _first.ResetWrittenCount();
        return _first;
    }
}
