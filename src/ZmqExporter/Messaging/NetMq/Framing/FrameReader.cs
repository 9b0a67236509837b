using System.Buffers.Binary;

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
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
            _bytes = _bytes.Length > UsualLength ? new byte[UsualLength] : _bytes;
        }
        else if (_end == _bytes.Length)
        {
            var (count, old) = (_end - _start, _bytes);
            _bytes = _start == 0 ? new byte[Math.Min(2L * count, FrameRules.MaxLength + sizeof(int))] : _bytes;
            old.AsSpan(_start, count).CopyTo(_bytes);
            (_start, _end) = (0, count);
        }

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

        var length = BinaryPrimitives.ReadInt32LittleEndian(left);
        if (length is < FrameRules.HeadLength or > FrameRules.MaxLength)
        {
            throw new InvalidDataException($"a frame of {length} bytes");
        }

        if (left.Length - sizeof(int) < length)
        {
            return false;
        }

        var frame = left.Slice(sizeof(int), length);
        kind = (FrameKind)frame[0];
        connection = BinaryPrimitives.ReadUInt32LittleEndian(frame[1..]);
        fields = new FrameFields(frame[FrameRules.HeadLength..]);
        _start += sizeof(int) + length;
        return true;
    }
}
