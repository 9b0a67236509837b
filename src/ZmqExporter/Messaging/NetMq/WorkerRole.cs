namespace ZmqExporter.Messaging.NetMq;

/// <summary>What a worker's sockets are for: a flood of publications must not delay the reading of a reply.</summary>
internal enum WorkerRole
{
    /// <summary>Requests.</summary>
    Requests,

    /// <summary>Subscriptions.</summary>
    Subscriptions,
}
