using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq.Framing;

/// <summary>Takes frames out of what a pipe brings, however it is cut. Not thread-safe.</summary>
internal sealed class FrameReader
{
    private const int UsualLength = 64 << 10;

    private byte[] _bytes = new byte[UsualLength];
    private int _start;
    private int _end;

    /// <summary>Where the next bytes go: room for at least one. Fields that were read before are gone.</summary>
    public Span<byte> Room()
    {
        var left = _bytes.AsSpan(_start, _end - _start);
        if (left.IsEmpty && _bytes.Length > UsualLength)
        {
            _bytes = new byte[UsualLength];
        }
        else if (left.Length == _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Min(2 * _bytes.Length, FrameRules.MaxLength + sizeof(int)));
        }
        else if (_start > 0)
        {
            left.CopyTo(_bytes);
        }

        (_start, _end) = (0, left.Length);
        return _bytes.AsSpan(_end);
    }

    /// <summary>So many bytes were put there.</summary>
    public void Advance(int count) => _end += count;

    /// <summary>Takes a frame, if all of it has come.</summary>
    /// <exception cref="InvalidDataException">It is too long, or too short to be one.</exception>
    public bool TryRead(out FrameKind kind, out uint connection, out FrameFields fields)
    {
        (kind, connection) = (default, default);
        fields = default;
        var left = _bytes.AsSpan(_start, _end - _start);
        if (left.Length < sizeof(int))
        {
            return false;
        }

        var length = MemoryMarshal.Read<int>(left);
        if (length is < FrameRules.HeadLength or > FrameRules.MaxLength)
        {
            throw new InvalidDataException($"a frame of {length} bytes");
        }

        if (left.Length - sizeof(int) < length)
        {
            return false;
        }

        fields = new FrameFields(left.Slice(sizeof(int), length));
        (kind, connection) = (fields.Take<FrameKind>(), fields.Take<uint>());
        _start += sizeof(int) + length;
        return true;
    }
}

/// <summary>The fields of a frame, in the order in which they were written. Each throws <see cref="InvalidDataException"/> where there is no such field.</summary>
/// <param name="bytes">All of them.</param>
internal ref struct FrameFields(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    public readonly bool IsEmpty => _left.IsEmpty;

    public T Take<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));

    public ReadOnlySpan<byte> Bytes() => Take(Take<int>());

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public ZmtpMessage Message()
    {
        var frames = new List<byte[]>();
        for (var left = Take<int>(); left > 0; left--)
        {
            frames.Add(Bytes().ToArray());
        }

        return frames.Count > 0 ? ZmtpMessage.FromFrames(frames) : throw new InvalidDataException("a message without frames");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = count >= 0 && count <= _left.Length ? _left[..count] : throw new InvalidDataException($"{count} bytes where {_left.Length} are left");
        _left = _left[count..];
        return taken;
    }
}
