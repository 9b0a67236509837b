using System.Buffers;
using Zmtp.Limits;

namespace Zmtp.Wire;

/// <summary>Bytes of a frame or message that is still coming, in rented memory. Not thread-safe; a field that is not read-only.</summary>
/// <param name="budget">Bounds what all of them hold together, or null.</param>
internal struct GrowingBuffer(BufferBudget? budget)
{
    // Smaller ones are not counted: each connection may have one, and counting would be half of the work.
    private const int Uncounted = 4096;

    // From here on an array is large to the runtime.
    private const int Large = 64 << 10;

    // A pool has powers of two, and would keep such arrays for messages that never come again.
    private const int MostRented = 2 << 20;

    private byte[]? _bytes;
    private bool _isRented;
    private int _counted;

    /// <summary>How many bytes there are.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes.</summary>
    public readonly Span<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Adds bytes.</summary>
    /// <param name="bytes">Them.</param>
    /// <param name="most">How many bytes it will have at most, all together: no room is made for more.</param>
    /// <exception cref="OutOfMemoryException">There is no memory for them, or the budget has none left. It is as it was.</exception>
    public void Append(ReadOnlySpan<byte> bytes, int most = int.MaxValue)
    {
        var needed = Length + bytes.Length;
        if (_bytes is null || _bytes.Length < needed)
        {
            Grow((int)Math.Max(needed, Math.Min(Length * 2L, Math.Min(most, Array.MaxLength))));
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length = needed;
    }

    /// <summary>Gives the memory back. It may be used again.</summary>
    public void Release()
    {
        Free();
        budget?.Return(_counted);
        _counted = 0;
        Length = 0;
    }

    private void Grow(int size)
    {
        if (size > Uncounted && budget is not null)
        {
            budget.Take(size - _counted);
            _counted = size; // before the memory is there: whoever fails releases all of it
        }

        var rents = size < Large || (size <= MostRented && budget is null or { KeepsLarge: true });
        var larger = rents ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
        Written.CopyTo(larger);
        Free();
        _bytes = larger;
        _isRented = rents;
    }

    private void Free()
    {
        if (_bytes is not null && _isRented)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = null;
    }
}
