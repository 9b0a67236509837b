using Zmtp.Limits;
using Zmtp.Timing;

namespace Zmtp.Connections;

/// <summary>
/// When a lost connection is made again: the wait doubles with each failure, half of it is chance, and all connections of the process
/// share one pace. Its owner calls it under a lock of its own.
/// </summary>
/// <param name="timers">Clock and timer.</param>
/// <param name="pace">Bounds what is made again without being asked for.</param>
/// <param name="options">How; null makes nothing again.</param>
/// <param name="owner">Makes the attempts.</param>
internal sealed class ReconnectBackoff(TimerQueue timers, RetryPace pace, ReconnectOptions? options, IReconnects owner) : TimerEntry
{
    // One that is lost sooner says nothing of how the next one will do: a server that takes connections and drops them gets no more
    // for it than one that is down.
    private static readonly TimeSpan Stable = TimeSpan.FromMinutes(1);

    private int _failures;
    private int _retries; // attempts that nobody waited for, since a connection was open for long

    /// <summary>A connection that was open is lost.</summary>
    /// <param name="openedAt">Since when it was.</param>
    public void OnLost(Timestamp openedAt)
    {
        if (timers.Now - openedAt >= Stable)
        {
            _failures = 0;
            _retries = 0;
        }
    }

    /// <summary>Sets the timer for the next attempt.</summary>
    /// <returns>False when there is none.</returns>
    public bool TrySchedule()
    {
        if (options is null || _retries >= options.MaxRetries)
        {
            return false;
        }

        _failures++;
        Schedule(options);
        return true;
    }

    /// <summary>The attempt is due: may it be made now? If so many are lost at once that each has to wait, the timer is set again.</summary>
    public bool TryTakeTurn()
    {
        if (!pace.TryTake())
        {
            Schedule(options!); // nothing has failed since
            return false;
        }

        _retries++;
        return true;
    }

    /// <summary>Stops the timer.</summary>
    public void Stop() => timers.Cancel(this);

    /// <inheritdoc />
    protected internal override void OnDue(Timestamp due, Timestamp now) =>
        ThreadPool.UnsafeQueueUserWorkItem(static backoff => backoff.Retry(), this, preferLocal: false);

    private void Retry()
    {
        try
        {
            owner.Retry(options!.AttemptTimeout);
        }
        catch (OutOfMemoryException)
        {
            // On a thread of the pool it would end the process. The next caller tries again.
        }
    }

    private void Schedule(ReconnectOptions reconnect) => timers.Schedule(this, timers.After(reconnect.JitteredDelayAfter(_failures)));
}
