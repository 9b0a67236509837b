namespace Zmtp;

/// <summary>What all connections of a process share. Thread-safe.</summary>
/// <param name="Timers">Deadlines; also the clock of every timestamp.</param>
/// <param name="Resolver">Names to addresses.</param>
public sealed record ZmtpContext(TimerQueue Timers, NameResolver Resolver)
{
    /// <summary>For callers that have no kernel's word on when something came. A deadline that is noticed later than this says more about us than about a peer: the process was stopped or starved. 250 ms.</summary>
    public TimeSpan StallTolerance { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Told of an exception that a handler threw; the connections go on. Called on the network's threads: must neither block nor throw.</summary>
    public Action<Exception>? OnFault { get; init; }

    /// <summary>The verdict on a deadline that was noticed too late to mean anything, or null.</summary>
    /// <param name="due">When it was due.</param>
    /// <param name="now">When it was noticed.</param>
    public ZmtpError? StallBetween(long due, long now)
    {
        var delay = now <= due ? TimeSpan.Zero : Timers.Time.GetElapsedTime(due, now);
        return delay <= StallTolerance
            ? null
            : new ZmtpError(
                ZmtpErrorCode.Local,
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"this process did not get to run for {delay.TotalSeconds:0.0} s, so the deadline proves nothing"));
    }
}
