using System.Collections.Immutable;

namespace ZmqExporter.Probing;

/// <summary>
/// What the mappings of a subscription found since the last probe. A feed may have messages of several kinds, of which some are rare.
/// So one that has never found anything is unmapped when messages come in which it could for <see cref="FirstAfter"/>, and one that has found something when
/// they come for <see cref="UnmappedAfter"/>. It stays unmapped until it finds something. Its owner's lock guards it.
/// </summary>
internal sealed class MappingWindows(ImmutableArray<MappingWatch> watches)
{
    /// <summary>How long a mapping that has worked may find nothing in what comes.</summary>
    public static readonly TimeSpan UnmappedAfter = TimeSpan.FromMinutes(10);

    /// <summary>For how long messages come before a mapping is judged that has never found anything.</summary>
    public static readonly TimeSpan FirstAfter = TimeSpan.FromSeconds(10);

    private readonly MappingWindow[] _windows = new MappingWindow[watches.Length];
    private readonly Timestamp[] _found = new Timestamp[watches.Length]; // when each did so last
    private readonly Timestamp[] _missed = new Timestamp[watches.Length]; // when each first found nothing, before it ever did find something
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

    /// <summary>Those that are unmapped, also those of which that is not certain yet; the next time between two probes begins.</summary>
    /// <param name="now">The time.</param>
    /// <param name="messages">How many came since the last time.</param>
    public ImmutableArray<UnmappedSource> Take(Timestamp now, long messages)
    {
        var result = ImmutableArray.CreateBuilder<UnmappedSource>();
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
            else if (watches[i].Judge(window) is { } unmapped)
            {
                if (_found[i].IsSet ? now - _found[i] >= UnmappedAfter : _missed[i].IsSet && now - _missed[i] >= FirstAfter)
                {
                    _unmapped[i] = unmapped;
                }
                else if (!_found[i].IsSet)
                {
                    _missed[i] = _missed[i].IsSet ? _missed[i] : now;
                    result.Add(unmapped with { FirstMessages = messages });
                }
            }

            if (_unmapped[i] is { } certain)
            {
                result.Add(certain);
            }
        }

        return result.ToImmutable();
    }
}
