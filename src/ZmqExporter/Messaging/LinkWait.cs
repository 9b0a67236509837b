using System.Threading.Tasks.Sources;
using Zmtp;

namespace ZmqExporter.Messaging;

/// <summary>
/// The one wait of a link: its own timer and its own task source, so that a wait costs no allocation. Whoever ends it first has ended
/// it. What it means that its time is over is up to the client. Thread-safe.
/// </summary>
/// <param name="timers">The clock.</param>
internal abstract class LinkWait(TimerQueue timers) : TimerEntry, IValueTaskSource<LinkOutcome>
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<LinkOutcome> _source;
    private Timestamp _until;
    private bool _isWaiting;
    private bool _isReceive;
    private bool _isPostponed;

    /// <summary>Whether somebody waits.</summary>
    public bool IsWaiting => Volatile.Read(ref _isWaiting);

    /// <summary>Whether somebody waits for a connection.</summary>
    public bool IsOpening => IsWaiting && !_isReceive;

    /// <summary>Begins to wait.</summary>
    /// <param name="until">Timestamp; <see cref="Timestamp.Never"/> for a wait that others are sure to end.</param>
    /// <param name="isReceive">Whether for a message; otherwise for a connection.</param>
    public virtual ValueTask<LinkOutcome> Begin(Timestamp until, bool isReceive)
    {
        lock (_lock)
        {
            _source.Reset();
            _until = until;
            _isPostponed = false;
            _isReceive = isReceive;
            _isWaiting = true;
            if (until != Timestamp.Never)
            {
                timers.Schedule(this, until);
            }

            return new ValueTask<LinkOutcome>(this, _source.Version);
        }
    }

    /// <summary>Ends one certain wait.</summary>
    /// <param name="wait">Which: <see cref="Due.Wait"/>.</param>
    /// <param name="outcome">With what.</param>
    /// <param name="inline">Whether what follows may run right here.</param>
    /// <returns>False when it has ended already, even if another one has begun since.</returns>
    public bool TryEnd(short wait, LinkOutcome outcome, bool inline = false) => TryClaim(ref outcome, wait) && Complete(outcome, inline);

    /// <summary>Takes the right to end the wait, for a caller that holds a lock: <see cref="Complete"/> comes next, outside of that.</summary>
    /// <returns>False when nobody waits.</returns>
    public bool TryClaim(ref LinkOutcome outcome) => TryClaim(ref outcome, wait: null);

    /// <summary>Ends the wait that was claimed.</summary>
    /// <returns>True.</returns>
    public bool Complete(LinkOutcome outcome, bool inline)
    {
        _source.RunContinuationsAsynchronously = !inline;
        _source.SetResult(outcome);
        return true;
    }

    /// <inheritdoc />
    LinkOutcome IValueTaskSource<LinkOutcome>.GetResult(short token)
    {
        var outcome = _source.GetResult(token);
        _source.Reset(); // or it would keep what waited, and the message, until the next wait
        return outcome;
    }

    /// <inheritdoc />
    ValueTaskSourceStatus IValueTaskSource<LinkOutcome>.GetStatus(short token) => _source.GetStatus(token);

    /// <inheritdoc />
    void IValueTaskSource<LinkOutcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>The wait whose time is over, if there is one: another may have begun since the timer went off.</summary>
    private protected bool TryGetDue(Timestamp now, out Due due)
    {
        lock (_lock)
        {
            due = new Due(_source.Version, _until);
            return _isWaiting && now >= _until;
        }
    }

    /// <summary>Lets the timer go off once more.</summary>
    /// <returns>False when the wait has ended, or was postponed before.</returns>
    private protected bool TryPostpone(Due due, Timestamp to)
    {
        lock (_lock)
        {
            if (!_isWaiting || _isPostponed || due.Wait != _source.Version)
            {
                return false;
            }

            _isPostponed = true;
            timers.Schedule(this, to);
            return true;
        }
    }

    /// <summary>What the one who waits gets of an outcome.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="until">Until when the wait was.</param>
    private protected virtual LinkOutcome Seen(LinkOutcome outcome, Timestamp until) => outcome;

    private bool TryClaim(ref LinkOutcome outcome, short? wait)
    {
        lock (_lock)
        {
            if (!_isWaiting || (wait is { } known && known != _source.Version))
            {
                return false;
            }

            outcome = Seen(outcome, _until);
            _isWaiting = false;
            timers.Cancel(this);
            return true;
        }
    }

    /// <summary>A wait whose time is over.</summary>
    /// <param name="Wait">Which.</param>
    /// <param name="Until">Until when it was.</param>
    private protected readonly record struct Due(short Wait, Timestamp Until);
}
