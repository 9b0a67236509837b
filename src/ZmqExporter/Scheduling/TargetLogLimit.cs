using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Scheduling;

/// <summary>
/// Decides which results of one target are a line of the log. A change of the state is one, unless the target changes all the time; another
/// reason within an outage is one, once a minute. What is left out is counted, and the last word is always logged: at the next result for
/// which there is room. Not thread-safe: its runner's lock guards it.
/// </summary>
/// <param name="current">The state that is known already.</param>
/// <param name="time">The clock.</param>
internal sealed class TargetLogLimit(TargetState current, TimeProvider time)
{
    /// <summary>How many changes of the state are logged in a row, however fast they come.</summary>
    public const int Burst = 10;

    /// <summary>After that many, one is logged in each such time.</summary>
    public static readonly TimeSpan ChangePeriod = TimeSpan.FromSeconds(6);

    /// <summary>How long after a line about another reason the next one may come.</summary>
    public static readonly TimeSpan StillPeriod = TimeSpan.FromMinutes(1);

    private TargetState _before = current;
    private TargetState _current = current;
    private FailureReason? _loggedReason;
    private FailureReason? _lastReason;
    private long _changes;
    private long _downs; // among them
    private long _reasonChanges;
    private Timestamp? _still;
    private Timestamp _refilled = Timestamp.Now(time);
    private int _room = Burst;
    private MappingLogLimit? _mappings; // most targets have none that could find nothing

    private bool IsIdle => _changes == 0 && _lastReason is null && _mappings is null && _refilled.Elapsed(time) >= (Burst - _room) * ChangePeriod;

    /// <summary>What to log of a result. There is a limit only while it knows something that a new one would not know: most targets have none.</summary>
    /// <param name="limit">The target's limit; null for none.</param>
    /// <param name="transition">What the result did to the state.</param>
    /// <param name="result">What the prober said.</param>
    /// <param name="time">The clock.</param>
    public static TargetLogEntry NextOf(ref TargetLogLimit? limit, TargetTransition transition, ProbeResult result, TimeProvider time)
    {
        if (!transition.IsChange && result is { Reason: null, Unmapped: null } && limit is null or { IsIdle: true })
        {
            limit = null;
            return default;
        }

        limit ??= new TargetLogLimit(transition.Before, time);
        return limit.NextOf(transition.After, result);
    }

    /// <summary>What to log of a result.</summary>
    /// <param name="state">The state after it.</param>
    /// <param name="result">What the prober said.</param>
    public TargetLogEntry NextOf(TargetState state, ProbeResult result) => Next(state, result.Reason) with
    {
        Mappings = result.Unmapped is null ? [] : (_mappings ??= new MappingLogLimit(time)).Next(result.Unmapped),
    };

    /// <summary>What to log of a result.</summary>
    /// <param name="state">The state after it.</param>
    /// <param name="reason">Why it missed, or null.</param>
    public TargetLogEntry Next(TargetState state, FailureReason? reason)
    {
        if (state != _current)
        {
            _before = _current;
            _current = state;
            _changes++;
            _downs += state == TargetState.Down ? 1 : 0;
        }
        else if (reason is not null && _lastReason is not null && reason != _lastReason)
        {
            _reasonChanges++;
        }

        _lastReason = reason ?? _lastReason;
        if (_changes > 0)
        {
            return TakeRoom() ? Entry(TargetLogKind.Change, reason) : default;
        }

        var isNew = reason is not null && reason != _loggedReason;
        if (!isNew || (_still is { } still && still.Elapsed(time) < StillPeriod))
        {
            return default;
        }

        _still = Timestamp.Now(time);
        return Entry(TargetLogKind.Still, reason);
    }

    private TargetLogEntry Entry(TargetLogKind kind, FailureReason? reason)
    {
        // The line itself is about one of them.
        var shown = kind == TargetLogKind.Change && _current == TargetState.Down ? 1 : 0;
        var entry = new TargetLogEntry(
            kind, _current, _before, Math.Max(0, _changes - 1), _downs - shown, Math.Max(0, kind == TargetLogKind.Still ? _reasonChanges - 1 : _reasonChanges));
        _loggedReason = reason;
        _changes = 0;
        _downs = 0;
        _reasonChanges = 0;
        return entry;
    }

    private bool TakeRoom()
    {
        while (_room < Burst && _refilled.Elapsed(time) >= ChangePeriod)
        {
            _room++;
            _refilled += ChangePeriod;
        }

        if (_room == 0)
        {
            return false;
        }

        if (_room == Burst)
        {
            _refilled = Timestamp.Now(time);
        }

        _room--;
        return true;
    }
}
