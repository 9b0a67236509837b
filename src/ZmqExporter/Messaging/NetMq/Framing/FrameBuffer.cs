using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq.Framing;

/// <summary>Frames that wait to be written, all of them in one block. Not thread-safe.</summary>
internal sealed class FrameBuffer
{
    private const int KeptLength = 256 << 10;

    private ArrayBufferWriter<byte> _bytes = new();
    private int _start;

    public int Count => _bytes.WrittenCount;

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Begins a frame, which the fields follow, and <see cref="End"/>.</summary>
    public FrameBuffer Begin(FrameKind kind, uint connection)
    {
        _start = Count;
        return Add(0).Add(kind).Add(connection);
    }

    public void End() => MemoryMarshal.Write(MemoryMarshal.AsMemory(_bytes.WrittenMemory).Span[_start..], Count - _start - sizeof(int));

    /// <summary>Adds a number, a flag or a time, as many bytes as it has in memory.</summary>
    public FrameBuffer Add<T>(T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(_bytes.GetSpan(Unsafe.SizeOf<T>()), value);
        _bytes.Advance(Unsafe.SizeOf<T>());
        return this;
    }

    public FrameBuffer Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    public FrameBuffer Bytes(ReadOnlySpan<byte> value)
    {
        Add(value.Length);
        _bytes.Write(value);
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
        if (_bytes.Capacity > KeptLength)
        {
            _bytes = new ArrayBufferWriter<byte>();
        }

        _bytes.ResetWrittenCount();
    }
}
