using System.Threading.Tasks.Sources;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// The one wait of a link: its own timer and its own task source, so that a wait costs no allocation. Whoever ends it first has ended
/// it. When its timer runs late, this process was held up, and NetMQ's threads with it: they get time to hand over what had come. Thread-safe.
/// </summary>
/// <param name="context">Timers and clock.</param>
/// <param name="onDeadline">What it means that the time is over.</param>
internal sealed class LinkWait(ZmtpContext context, Func<Timestamp, LinkOutcome> onDeadline) : TimerEntry, IValueTaskSource<LinkOutcome>
{
    /// <summary>How late a timer may be before that says something of this process.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(20);

    /// <summary>The least time that NetMQ's threads get after that.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<LinkOutcome> _source;
    private Timestamp _begun;
    private Timestamp _until;
    private bool _wasHeldUp;
    private bool _isWaiting;
    private bool _isReceive;

    /// <summary>Whether somebody waits.</summary>
    public bool IsWaiting => Volatile.Read(ref _isWaiting);

    /// <summary>Begins to wait.</summary>
    /// <param name="until">Timestamp.</param>
    /// <param name="isReceive">Whether for a message; otherwise for a connection.</param>
    public ValueTask<LinkOutcome> Begin(Timestamp until, bool isReceive)
    {
        lock (_lock)
        {
            _source.Reset();
            _begun = context.Timers.Now;
            _until = Timestamp.Max(until, _begun); // a time that has passed already must not look like a stall of ours
            _wasHeldUp = false;
            _isReceive = isReceive;
            _isWaiting = true;
            context.Timers.Schedule(this, _until);
            return new ValueTask<LinkOutcome>(this, _source.Version);
        }
    }

    /// <summary>Ends the wait.</summary>
    /// <param name="outcome">With what.</param>
    /// <param name="inline">Whether what follows may run right here.</param>
    /// <returns>False when nobody waits.</returns>
    public bool TryEnd(LinkOutcome outcome, bool inline = false) => TryEnd(outcome, inline, receiveOnly: false, version: null);

    /// <summary>Ends the wait for a message, or for another answer of the peer. One for a connection goes on.</summary>
    /// <param name="outcome">With what.</param>
    /// <param name="inline">Whether what follows may run right here.</param>
    /// <returns>False when nobody waits for a message.</returns>
    public bool TryEndReceive(LinkOutcome outcome, bool inline = false) => TryEnd(outcome, inline, receiveOnly: true, version: null);

    /// <inheritdoc />
    LinkOutcome IValueTaskSource<LinkOutcome>.GetResult(short token) => _source.GetResult(token);

    /// <inheritdoc />
    ValueTaskSourceStatus IValueTaskSource<LinkOutcome>.GetStatus(short token) => _source.GetStatus(token);

    /// <inheritdoc />
    void IValueTaskSource<LinkOutcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc />
    protected override void OnDue(Timestamp due, Timestamp now)
    {
        short version;
        lock (_lock)
        {
            if (!_isWaiting || now < _until)
            {
                return; // a wait that has ended since; the next one has set the timer again
            }

            var late = now - _until;
            if (late > Tolerance && !_wasHeldUp)
            {
                _wasHeldUp = true;
                context.Timers.Schedule(this, now + (late > Grace ? late : Grace));
                return;
            }

            version = _source.Version;
        }

        TryEnd(onDeadline(now), inline: false, receiveOnly: false, version);
    }

    private bool TryEnd(LinkOutcome outcome, bool inline, bool receiveOnly, short? version)
    {
        lock (_lock)
        {
            if (!_isWaiting || (receiveOnly && !_isReceive) || (version is { } known && known != _source.Version))
            {
                return false;
            }

            if (_wasHeldUp || outcome.Timestamp > _until)
            {
                // Nobody can say when it came: NetMQ's threads did not get to run either.
                outcome = outcome with { Earliest = _begun };
            }

            _isWaiting = false;
            context.Timers.Cancel(this);
        }

        _source.RunContinuationsAsynchronously = !inline;
        _source.SetResult(outcome);
        return true;
    }
}
