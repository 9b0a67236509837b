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
internal sealed class WorkerPlace
{
    public WorkerProcess? Worker { get; set; }

    /// <value>The one that ended before it.</value>
    public WorkerProcess? Last { get; set; }

    /// <value>When it may be started again.</value>
    public Timestamp NotBefore { get; set; }

    /// <value>How many have died in a row without teaching anything.</value>
    public int Deaths { get; set; }
}
