using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace ZmqExporter.Configuration;

/// <summary>An immutable mapping by name, in ordinal order, that is equal to any other with equal names and values, so that records which hold
/// one compare by value. The default value is empty.</summary>
internal readonly struct EquatableMap<T>(ImmutableSortedDictionary<string, T> entries)
    : IEquatable<EquatableMap<T>>, IReadOnlyDictionary<string, T>
{
    private static readonly ImmutableSortedDictionary<string, T> Nothing = ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);

    private readonly ImmutableSortedDictionary<string, T>? _entries = entries.IsEmpty ? null : entries.WithComparers(StringComparer.Ordinal);

    /// <summary>No entries.</summary>
    public static EquatableMap<T> Empty => default;

    /// <summary>How many entries there are.</summary>
    public int Count => Entries.Count;

    /// <summary>The names in order.</summary>
    public IEnumerable<string> Keys => Entries.Keys;

    /// <summary>The values in the order of the names.</summary>
    public IEnumerable<T> Values => Entries.Values;

    private ImmutableSortedDictionary<string, T> Entries => _entries ?? Nothing;

    /// <summary>The value of a name; throws when there is none.</summary>
    public T this[string key] => Entries[key];

    public static implicit operator EquatableMap<T>(ImmutableSortedDictionary<string, T> entries) => new(entries);

    public static bool operator ==(EquatableMap<T> left, EquatableMap<T> right) => left.Equals(right);

    public static bool operator !=(EquatableMap<T> left, EquatableMap<T> right) => !left.Equals(right);

    /// <inheritdoc />
    public bool ContainsKey(string key) => Entries.ContainsKey(key);

    /// <inheritdoc />
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => Entries.TryGetValue(key, out value);

    /// <inheritdoc />
    public bool Equals(EquatableMap<T> other) => ReferenceEquals(_entries, other._entries) || Entries.SequenceEqual(other.Entries);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is EquatableMap<T> other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var (key, value) in Entries)
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <summary>Goes through the entries, in the order of the names.</summary>
    public ImmutableSortedDictionary<string, T>.Enumerator GetEnumerator() => Entries.GetEnumerator();

    IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, T>>)Entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable)Entries).GetEnumerator();
}
