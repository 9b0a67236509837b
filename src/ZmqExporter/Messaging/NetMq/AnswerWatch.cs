using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>Notices that a worker was asked something and has said nothing at all since, for long. Thread-safe.</summary>
/// <param name="timers">The clock.</param>
/// <param name="onSilence">Called once, from the thread of the timers.</param>
internal sealed class AnswerWatch(TimerQueue timers, Action onSilence) : TimerEntry
{
    /// <summary>How long a worker may say nothing once something was asked.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(20);

    /// <summary>For our own thread to read what is there: this process may have been stopped, too.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private bool _isOverdue;
    private volatile bool _isExpecting;

    /// <summary>Something was asked.</summary>
    public void Expect(TimeSpan longestSilence)
    {
        lock (_lock)
        {
            if (!_isExpecting)
            {
                (_isExpecting, _isOverdue) = (true, false);
                timers.Schedule(this, timers.After(longestSilence));
            }
        }
    }

    /// <summary>Anything was said.</summary>
    public void OnAnswer()
    {
        if (_isExpecting)
        {
            lock (_lock)
            {
                _isExpecting = false;
                timers.Cancel(this);
            }
        }
    }

    /// <inheritdoc />
    protected override void OnDue(Timestamp due, Timestamp now)
    {
        lock (_lock)
        {
            if (!_isExpecting)
            {
                return;
            }

            if (!_isOverdue)
            {
                _isOverdue = true;
                timers.Schedule(this, now + Margin);
                return;
            }

            _isExpecting = false;
        }

        onSilence();
    }
}
