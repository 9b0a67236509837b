using System.Collections.Immutable;

namespace ZmqExporter.Targets.History;

/// <summary>The last of something, in an array that grows as they come, up to a bound. Not thread-safe; a field that is not read-only.</summary>
/// <param name="capacity">How many are kept.</param>
/// <typeparam name="T">What is kept.</typeparam>
internal struct Ring<T>(int capacity)
{
    private const int FirstLength = 1; // most targets have one peer and one change of the state

    private T[] _items = [];
    private int _next; // where the next one goes: in a full ring the place of the oldest
    private int _count;

    /// <summary>How many are kept at most.</summary>
    public readonly int Capacity => capacity;

    /// <summary>Whether there is none.</summary>
    public readonly bool IsEmpty => _count == 0;

    /// <summary>How many there are.</summary>
    public readonly int Count => _count;

    /// <summary>The newest one. There has to be one.</summary>
    public readonly T Newest => FromNewest(0);

    /// <summary>One of them.</summary>
    /// <param name="age">How many came after it; less than <see cref="Count"/>.</param>
    public readonly ref readonly T FromNewest(int age) => ref _items[(_next + _items.Length - 1 - age) % _items.Length];

    /// <summary>Adds one, and forgets the oldest when there are too many.</summary>
    public void Add(T item)
    {
        if (_count == _items.Length && _count < capacity)
        {
            Array.Resize(ref _items, Math.Min(capacity, Math.Max(FirstLength, 2 * _count)));
            _next = _count;
        }

        _items[_next] = item;
        _next = (_next + 1) % _items.Length;
        _count = Math.Min(_count + 1, _items.Length);
    }

    /// <summary>Keeps another number of them from now on; the newest ones stay.</summary>
    /// <param name="most">How many.</param>
    /// <returns>The ring to use in the place of this one.</returns>
    public readonly Ring<T> Resized(int most)
    {
        var resized = new Ring<T>(most);
        foreach (var item in Snapshot())
        {
            resized.Add(item);
        }

        return resized;
    }

    /// <summary>All of them, the oldest first.</summary>
    public readonly ImmutableArray<T> Snapshot() =>
        _count == 0 ? []
        : _count < _items.Length ? [.. _items.AsSpan(0, _count)]
        : [.. _items.AsSpan(_next), .. _items.AsSpan(0, _next)];
}
