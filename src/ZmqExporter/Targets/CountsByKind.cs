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

    /// <summary>Counts what was counted before, by label. Labels that nobody knows are left out.</summary>
    /// <param name="labels">Those of the members.</param>
    /// <param name="counts">The counts.</param>
    public void Add(ImmutableArray<string> labels, IReadOnlyDictionary<string, long> counts)
    {
        foreach (var (label, count) in counts)
        {
            if (labels.IndexOf(label) is >= 0 and var kind && count > 0)
            {
                Increment(kind);
                _counts![kind] += count - 1;
            }
        }
    }

    /// <summary>Those that are not 0, by label.</summary>
    public readonly Dictionary<string, long> ByLabel(ImmutableArray<string> labels)
    {
        var byLabel = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var kind = 0; kind < (_counts?.Length ?? 0); kind++)
        {
            if (_counts![kind] > 0)
            {
                byLabel.Add(labels[kind], _counts[kind]);
            }
        }

        return byLabel;
    }

    /// <summary>All of them at this moment; empty when all are 0.</summary>
    public ImmutableArray<long> Snapshot()
    {
        _isShared = true;
        return _counts is null ? [] : ImmutableCollectionsMarshal.AsImmutableArray(_counts);
    }
}
