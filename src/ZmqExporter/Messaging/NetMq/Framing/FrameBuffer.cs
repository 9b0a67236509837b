using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Count);

    /// <summary>Begins a frame, which the fields follow, and <see cref="End"/>.</summary>
    public FrameBuffer Begin(FrameKind kind, uint connection)
    {
        _start = Count;
        return Add(0).Add(kind).Add(connection);
    }

    public void End() => MemoryMarshal.Write(_bytes.AsSpan(_start), Count - _start - sizeof(int));

    /// <summary>Adds a number, a flag or a time, as many bytes as it has in memory.</summary>
    public FrameBuffer Add<T>(T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(Take(Unsafe.SizeOf<T>()), value);
        return this;
    }

    public FrameBuffer Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    public FrameBuffer Bytes(ReadOnlySpan<byte> value)
    {
        Add(value.Length);
        value.CopyTo(Take(value.Length));
        return this;
    }

    public FrameBuffer Message(ZmtpMessage message)
    {
        Add(message.FrameCount);
        for (var i = 0; i < message.FrameCount; i++)
        {
            Bytes(message[i]);
        }

        return this;
    }

    /// <summary>Forgets all frames: they have been written.</summary>
    public void Clear()
    {
        Count = 0;
        _bytes = _bytes.Length > KeptLength ? new byte[UsualLength] : _bytes;
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
