using System.Collections.Immutable;

namespace ZmqExporter.Probing;

/// <summary>
/// What the mappings of a subscription found since the last probe. One that finds nothing in all of that time is unmapped, and stays so until it finds
/// something: a feed may have messages of several kinds, and may be silent. Its owner's lock guards it.
/// </summary>
internal sealed class MappingWindows(ImmutableArray<MappingWatch> watches)
{
    private readonly MappingWindow[] _windows = new MappingWindow[watches.Length];
    private readonly UnmappedSource?[] _unmapped = new UnmappedSource?[watches.Length];

    /// <summary>Whether there is no mapping.</summary>
    public bool IsEmpty => watches.IsEmpty;

    /// <summary>Takes what a read brought.</summary>
    public void Add()
    {
        for (var i = 0; i < _windows.Length; i++)
        {
            watches[i].AddTo(ref _windows[i]);
        }
    }

    /// <summary>Those that are unmapped; the next time between two probes begins.</summary>
    public ImmutableArray<UnmappedSource> Take()
    {
        for (var i = 0; i < _windows.Length; i++)
        {
            // What was not looked at is what it was: no message came, or none that is acceptable.
            _unmapped[i] = _windows[i] == default ? _unmapped[i] : watches[i].Judge(_windows[i]);
            _windows[i] = default;
        }

        return [.. _unmapped.OfType<UnmappedSource>()];
    }
}
