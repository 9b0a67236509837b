using System.Buffers;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>The labels of many targets in the encoding of one format, in pooled memory: made at the beginning of a scrape and given back at its
/// end, because to encode them costs less than to keep them between two scrapes. Not thread-safe.</summary>
/// <param name="count">For how many targets there is room.</param>
internal sealed class EncodedLabels(int count) : IDisposable
{
    private const int ExpectedBytes = 48; // of one target

    private readonly ByteBuffer _bytes = new(count * ExpectedBytes);
    private int[] _ends = ArrayPool<int>.Shared.Rent(count + 1);
    private int _count;

    /// <summary>The labels of one target, until the next one begins.</summary>
    public ReadOnlyMemory<byte> this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : _ends[index - 1];
            return _bytes.WrittenMemory[start.._ends[index]];
        }
    }

    /// <summary>Where the next target's labels go; <see cref="End"/> follows.</summary>
    public ByteBuffer Begin() => _bytes;

    /// <summary>The target has no more labels.</summary>
    public void End() => _ends[_count++] = _bytes.Length;

    /// <inheritdoc />
    public void Dispose()
    {
        _bytes.Dispose();
        ArrayPool<int>.Shared.Return(_ends);
        _ends = [];
    }
}
