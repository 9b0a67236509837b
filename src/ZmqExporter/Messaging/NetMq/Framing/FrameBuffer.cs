using System.Buffers.Binary;
using System.Text;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq.Framing;

/// <summary>Frames that wait to be written, all of them in one block. Not thread-safe.</summary>
internal sealed class FrameBuffer
{
    private const int KeptLength = 256 << 10;

    private byte[] _bytes = new byte[4 << 10];
    private int _start;

    /// <summary>How many bytes.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Count);

    /// <summary>Begins a frame, which the fields follow, and <see cref="End"/>.</summary>
    public FrameBuffer Begin(FrameKind kind, uint connection)
    {
        _start = Count;
        return Number(0).Byte((byte)kind).Number((int)connection);
    }

    /// <summary>Ends the frame.</summary>
    public void End() => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_start), Count - _start - sizeof(int));

    /// <summary>Adds a field.</summary>
    public FrameBuffer Byte(byte value)
    {
        Take(1)[0] = value;
        return this;
    }

    /// <inheritdoc cref="Byte" />
    public FrameBuffer Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <inheritdoc cref="Byte" />
    public FrameBuffer Number(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);
        return this;
    }

    /// <inheritdoc cref="Byte" />
    public FrameBuffer Time(Timestamp value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value.Ticks);
        return this;
    }

    /// <inheritdoc cref="Byte" />
    public FrameBuffer Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        value.CopyTo(Take(value.Length));
        return this;
    }

    /// <inheritdoc cref="Byte" />
    public FrameBuffer Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    /// <inheritdoc cref="Byte" />
    public FrameBuffer Message(ZmtpMessage message)
    {
        Number(message.FrameCount);
        var end = 0;
        for (var i = 0; i < message.FrameCount; i++)
        {
            Number(end += message[i].Length);
        }

        for (var i = 0; i < message.FrameCount; i++)
        {
            message[i].CopyTo(Take(message[i].Length));
        }

        return this;
    }

    /// <inheritdoc cref="Byte" />
    /// <param name="ends">Where each frame of a message ends.</param>
    /// <param name="block">All frames.</param>
    public FrameBuffer Message(ReadOnlySpan<int> ends, ReadOnlySpan<byte> block)
    {
        Number(ends.Length);
        foreach (var end in ends)
        {
            Number(end);
        }

        block.CopyTo(Take(block.Length));
        return this;
    }

    /// <summary>Forgets all frames: they have been written.</summary>
    public void Clear()
    {
        Count = 0;
        if (_bytes.Length > KeptLength)
        {
            _bytes = new byte[4 << 10];
        }
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
