using System.Buffers.Binary;
using System.Text;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq.Framing;

/// <summary>Frames that wait to be written, all of them in one block. Not thread-safe.</summary>
internal sealed class FrameBuffer
{
    private const int UsualLength = 4 << 10;
    private const int KeptLength = 256 << 10;

    private byte[] _bytes = new byte[UsualLength];
    private int _start;

    public int Count { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Count);

    /// <summary>Begins a frame, which the fields follow, and <see cref="End"/>.</summary>
    public FrameBuffer Begin(FrameKind kind, uint connection)
    {
        _start = Count;
        return Number(0).Byte((byte)kind).Number((int)connection);
    }

    public void End() => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_start), Count - _start - sizeof(int));

    public FrameBuffer Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public FrameBuffer Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    public FrameBuffer Bytes(ReadOnlySpan<byte> value) => Number(value.Length).Raw(value);

    public FrameBuffer Byte(byte value) => Raw([value]);

    public FrameBuffer Number(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);
        return this;
    }

    public FrameBuffer Time(Timestamp value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value.Ticks);
        return this;
    }

    public FrameBuffer Message(ZmtpMessage message)
    {
        Number(message.FrameCount);
        for (var (i, end) = (0, 0); i < message.FrameCount; i++)
        {
            Number(end += message[i].Length);
        }

        for (var i = 0; i < message.FrameCount; i++)
        {
            Raw(message[i]);
        }

        return this;
    }

    /// <summary>Adds a message of which is known where each frame ends.</summary>
    public FrameBuffer Message(ReadOnlySpan<int> ends, ReadOnlySpan<byte> block)
    {
        Number(ends.Length);
        foreach (var end in ends)
        {
            Number(end);
        }

        return Raw(block);
    }

    /// <summary>Forgets all frames: they have been written.</summary>
    public void Clear()
    {
        Count = 0;
        _bytes = _bytes.Length > KeptLength ? new byte[UsualLength] : _bytes;
    }

    private FrameBuffer Raw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Take(value.Length));
        return this;
    }

    private Span<byte> Take(int count)
    {
        if (count > _bytes.Length - Count)
        {
            Array.Resize(ref _bytes, Math.Max(checked(Count + count), _bytes.Length * 2));
        }

        Count += count;
        return _bytes.AsSpan(Count - count, count);
    }
}
