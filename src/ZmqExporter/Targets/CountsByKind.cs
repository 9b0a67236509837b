using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace ZmqExporter.Targets;

/// <summary>A count for each member of a small enum. Takes memory with the first one only. Not thread-safe.</summary>
/// <param name="kinds">How many members the enum has.</param>
internal struct CountsByKind(int kinds)
{
    private readonly int _kinds = kinds;
    private long[]? _counts;

    /// <summary>Counts one.</summary>
    public void Increment(int kind) => (_counts ??= new long[_kinds])[kind]++;

    /// <summary>All of them at this moment; empty when all are 0.</summary>
    public readonly ImmutableArray<long> Snapshot() =>
        _counts is null ? [] : ImmutableCollectionsMarshal.AsImmutableArray((long[])_counts.Clone());
}
