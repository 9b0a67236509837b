using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>Bytes that grow in pooled memory. Not thread-safe.</summary>
/// <param name="capacity">How many bytes are expected; more are no error.</param>
internal sealed class ByteBuffer(int capacity = 256) : IDisposable
{
    private const int NumberRoom = 32; // the longest double has 24 characters, the longest long 20

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>How many bytes there are.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>What was written, until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    /// <summary>Forgets what was written.</summary>
    public void Clear() => Length = 0;

    /// <summary>Adds bytes.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Adds three pieces of a line.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public void Append(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        var room = Room(first.Length + second.Length + third.Length);
        first.CopyTo(room);
        second.CopyTo(room[first.Length..]);
        third.CopyTo(room[(first.Length + second.Length)..]);
        Length += first.Length + second.Length + third.Length;
    }

    /// <summary>Adds one byte.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public void Append(byte value)
    {
        Room(1)[0] = value;
        Length++;
    }

    /// <summary>Adds the eight bytes of a double.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public void AppendLittleEndian(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Room(sizeof(double)), value);
        Length += sizeof(double);
    }

    /// <summary>Adds a whole number in decimal digits.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public void AppendDecimal(long value)
    {
        Utf8Formatter.TryFormat(value, Room(NumberRoom), out var written);
        Length += written;
    }

    /// <summary>Adds a number in its shortest exact decimal form.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public void AppendDecimal(double value) => Length += ShortestDecimal.Format(value, Room(NumberRoom));

    /// <summary>Adds text as UTF-8.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public void AppendText(string text)
    {
        var room = Room(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Encoding.UTF8.GetBytes(text, room);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Grow(count);
        }

        return _bytes.AsSpan(Length);
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + count, 2 * _bytes.Length));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
