namespace ZmqExporter.Messaging.NetMq.Framing;

/// <summary>
/// What a frame between the exporter and its NetMQ worker says. On the wire, all numbers little-endian: four bytes with the length of what
/// follows, one byte of kind, four bytes that name the connection, and the fields.
/// </summary>
internal enum FrameKind : byte
{
    Hello = 1, // the first frame of either side, with its version; that to the worker with its settings

    // To the worker.
    Limit, // have so many connections at most from now on
    Open, // make a socket and connect it
    Send, // send a message, and watch for the answer
    Await, // watch for a message
    Rest, // nobody waits for a message any more
    Look, // read what has come, then say Looked
    Close, // hand over what has come, close the socket, then say Closed

    // From the worker.
    Event, // of the monitor
    Message,
    Publication, // frames of a subscription
    Lost, // or not made; the socket is closed
    Looked,
    Closed,
    Dead, // one of NetMQ's threads is, and the process ends
    Fault, // a bug of ours was contained
}

/// <summary>What both sides have to agree on.</summary>
internal static class FrameRules
{
    /// <summary>Changes with every change of the frames: the file on disk may be another version than the process that starts it.</summary>
    public const byte Version = 2;

    /// <summary>Stands for the connection in a <see cref="FrameKind.Hello"/>, so that what no worker says is not taken for one.</summary>
    public const uint Magic = 0x514D5A58;

    /// <summary>Kind and connection.</summary>
    public const int HeadLength = 5;

    /// <summary>Most bytes after the length: a frame of a publication, whole, and what describes it.</summary>
    public const int MaxLength = (16 << 20) + (128 << 10);
}
