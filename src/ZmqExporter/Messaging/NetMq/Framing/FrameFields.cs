using System.Buffers.Binary;
using System.Text;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq.Framing;

/// <summary>The fields of a frame, in the order in which they were written. Each throws <see cref="InvalidDataException"/> where there is no such field.</summary>
/// <param name="bytes">All of them.</param>
internal ref struct FrameFields(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    public readonly bool IsEmpty => _left.IsEmpty;

    public byte Byte() => Take(1)[0];

    public bool Flag() => Byte() != 0;

    public int Number() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public Timestamp Time() => new(BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long))));

    public ReadOnlySpan<byte> Bytes() => Take(Number());

    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>How many fields follow.</summary>
    public int Count(int most) =>
        Number() is var count && count >= 0 && count <= most ? count : throw new InvalidDataException($"{count} of what may be there {most} times");

    public ZmtpMessage Message()
    {
        var block = Message(out var ends);
        return ZmtpMessage.FromBlock(block, ends);
    }

    /// <summary>A message as its frames' ends and one block.</summary>
    public ReadOnlySpan<byte> Message(out int[] ends)
    {
        ends = new int[Count(FrameRules.MaxFrames)];
        var end = 0;
        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] = Number();
            end = ends[i] >= end ? ends[i] : throw new InvalidDataException("a message whose frames overlap");
        }

        return ends.Length > 0 ? Take(end) : throw new InvalidDataException("a message without frames");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = count >= 0 && count <= _left.Length ? _left[..count] : throw new InvalidDataException($"{count} bytes where {_left.Length} are left");
        _left = _left[count..];
        return taken;
    }
}
