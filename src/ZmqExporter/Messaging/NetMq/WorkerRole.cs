namespace ZmqExporter.Messaging.NetMq;

/// <summary>What a worker's sockets are for: a flood of publications must not delay the reading of a reply, and who may kill a worker does not share one.</summary>
internal enum WorkerRole
{
    Requests,
    Subscriptions,
    Suspects,
    BrokenSuspects, // our own client finds something wrong with them too, so that they are not to disturb the trial of the others
}

/// <summary>The worker of a role, now and before. Guarded by whoever owns it.</summary>
internal sealed class WorkerPlace(WorkerRole role)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30); // and who has lived that long has been well

    /// <summary>Whether each server has a thread to itself there.</summary>
    public bool IsTrial => role >= WorkerRole.Suspects;

    public WorkerProcess? Worker { get; set; }

    /// <value>The one that ended before it.</value>
    public WorkerProcess? Last { get; set; }

    /// <value>When it may be started again.</value>
    public Timestamp NotBefore { get; private set; }

    /// <value>How many have died in a row without teaching anything.</value>
    public int Deaths { get; private set; }

    /// <summary>How long a worker is not started again after so many deaths in a row that have taught nothing.</summary>
    public static TimeSpan PauseAfter(int deaths) => TimeSpan.Min(FirstPause * Math.Pow(2, deaths), LongestPause);

    /// <summary>Its worker has ended. If that has taught something, it is no reason to wait.</summary>
    /// <returns>How long it is not started again.</returns>
    public TimeSpan PauseAfterEnd(WorkerProcess worker, bool hasTaught, Timestamp now)
    {
        var wasWell = hasTaught || now - worker.Started > LongestPause;
        (Worker, Last) = (null, worker);
        Deaths = !wasWell ? Math.Min(Deaths + 1, 16) : worker.WasHung ? 1 : 0;
        NotBefore = now + PauseAfter(Deaths);
        return NotBefore - now;
    }
}
