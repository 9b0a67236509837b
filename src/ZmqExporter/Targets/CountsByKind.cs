using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace ZmqExporter.Targets;

/// <summary>A count for each member of a small enum. Takes memory with the first one only. Not thread-safe.</summary>
/// <remarks>Such counts change far more rarely than they are shown. So a snapshot takes the counts themselves, and the next increment changes a
/// copy.</remarks>
/// <param name="kinds">How many members the enum has.</param>
internal struct CountsByKind(int kinds)
{
    private readonly short _kinds = checked((short)kinds);
    private bool _isShared;
    private long[]? _counts;

    /// <summary>Counts one.</summary>
    public void Increment(int kind)
    {
        if (_counts is null || _isShared)
        {
            _counts = (long[]?)_counts?.Clone() ?? new long[_kinds];
            _isShared = false;
        }

        _counts[kind]++;
    }

    /// <summary>All of them at this moment; empty when all are 0.</summary>
    public ImmutableArray<long> Snapshot()
    {
        _isShared = true;
        return _counts is null ? [] : ImmutableCollectionsMarshal.AsImmutableArray(_counts);
    }
}
