using System.Collections.Immutable;

namespace ZmqExporter.Probing;

/// <summary>
/// What the mappings of a subscription found since the last probe. One that has never found anything is unmapped as soon as messages came in which it could. One
/// that has found something is so when messages came and it found nothing for <see cref="UnmappedAfter"/>: a feed may have messages of several kinds, of which
/// some are rare. It stays unmapped until it finds something. Its owner's lock guards it.
/// </summary>
internal sealed class MappingWindows(ImmutableArray<MappingWatch> watches)
{
    /// <summary>How long a mapping that has worked may find nothing in what comes.</summary>
    public static readonly TimeSpan UnmappedAfter = TimeSpan.FromMinutes(10);

    private readonly MappingWindow[] _windows = new MappingWindow[watches.Length];
    private readonly Timestamp[] _found = new Timestamp[watches.Length]; // when each did so last
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
    public ImmutableArray<UnmappedSource> Take(Timestamp now)
    {
        for (var i = 0; i < _windows.Length; i++)
        {
            // What was not looked at is what it was: no message came, or none that is acceptable.
            var window = _windows[i];
            _windows[i] = default;
            if (window.Found > 0)
            {
                _found[i] = now;
                _unmapped[i] = null;
            }
            else if (watches[i].Judge(window) is { } unmapped && (!_found[i].IsSet || now - _found[i] >= UnmappedAfter))
            {
                _unmapped[i] = unmapped;
            }
        }

        return [.. _unmapped.OfType<UnmappedSource>()];
    }
}
