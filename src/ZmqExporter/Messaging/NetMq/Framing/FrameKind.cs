namespace ZmqExporter.Messaging.NetMq.Framing;

/// <summary>
/// What a frame between the exporter and its NetMQ worker says. On the wire, all numbers little-endian: four bytes with the length of what
/// follows, one byte of kind, four bytes that name the connection, and the fields.
/// </summary>
internal enum FrameKind : byte
{
    /// <summary>The first frame of either side, with its version; that to the worker with its settings.</summary>
    Hello = 1,

    /// <summary>To the worker: make a socket and connect it.</summary>
    Open,

    /// <summary>To the worker: send a message, and watch for the answer.</summary>
    Send,

    /// <summary>To the worker: watch for a message.</summary>
    Await,

    /// <summary>To the worker: nobody waits for a message any more.</summary>
    Rest,

    /// <summary>To the worker: read what has come, then answer with <see cref="Looked"/>.</summary>
    Look,

    /// <summary>To the worker: hand over what has come, then close the socket and answer with <see cref="Closed"/>.</summary>
    Close,

    /// <summary>From the worker: an event of the monitor.</summary>
    Event,

    /// <summary>From the worker: a message came.</summary>
    Message,

    /// <summary>From the worker: frames of a subscription came.</summary>
    Publication,

    /// <summary>From the worker: the connection was lost or not made, and its socket is closed.</summary>
    Lost,

    /// <summary>From the worker: everything that had come has been handed over.</summary>
    Looked,

    /// <summary>From the worker: the socket is closed.</summary>
    Closed,

    /// <summary>From the worker: one of NetMQ's threads has died, and the process ends.</summary>
    Dead,

    /// <summary>From the worker: a bug of ours was contained.</summary>
    Fault,
}

/// <summary>What both sides have to agree on.</summary>
internal static class FrameRules
{
    /// <summary>Changes with every change of the frames: the file on disk may be another version than the process that starts it.</summary>
    public const byte Version = 1;

    /// <summary>Stands for the connection in a <see cref="FrameKind.Hello"/>, so that what no worker says is not taken for one.</summary>
    public const uint Magic = 0x514D5A58;

    /// <summary>Kind and connection.</summary>
    public const int HeadLength = 5;

    /// <summary>Most bytes after the length: a frame of a publication, whole, and what describes it.</summary>
    public const int MaxLength = (16 << 20) + (128 << 10);
}
