using System.Buffers;
using System.Runtime.InteropServices;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>The frames of a message, or the beginnings of them, one after the other. Used again for each message; not thread-safe.</summary>
internal sealed class FrameBlock
{
    private const int IdleSize = 64 * 1024;

    private readonly List<int> _ends = [];
    private ArrayBufferWriter<byte> _bytes = new();

    /// <summary>How many frames it has.</summary>
    public int FrameCount => _ends.Count;

    /// <summary>How many bytes it has.</summary>
    public int Length => _bytes.WrittenCount;

    /// <summary>Takes the next frame; empty for one that nobody looks at.</summary>
    public void Add(ReadOnlySpan<byte> frame)
    {
        _bytes.Write(frame);
        _ends.Add(_bytes.WrittenCount);
    }

    /// <summary>A copy of it; only with a frame.</summary>
    public ZmtpMessage ToMessage() => ZmtpMessage.FromBlock(_bytes.WrittenSpan, CollectionsMarshal.AsSpan(_ends));

    /// <summary>Begins with another message.</summary>
    public void Clear()
    {
        if (_bytes.Capacity > IdleSize)
        {
            _bytes = new ArrayBufferWriter<byte>(); // one large message must not cost its memory forever
        }

        _bytes.ResetWrittenCount();
        _ends.Clear();
    }
}
