using System.Reflection;

namespace ZmqExporter.Messaging.NetMq.Framing;

/// <summary>
/// What a frame between the exporter and its NetMQ worker says. Four bytes with the length of what follows, one byte of kind, four
/// bytes that name the connection, and the fields; all numbers as in memory, because both are one machine.
/// </summary>
internal enum FrameKind : byte
{
    Hello = 1, // the worker's first, with its version

    // To the worker.
    Open, // make a socket and connect it
    Send, // send a message, and watch for the answer
    Await, // watch for a message
    Look, // read what has come, then say Looked
    Close, // hand over what has come, close the socket, then say Lost

    // From the worker.
    Event, // of the monitor
    Message,
    Publication, // a frame of a subscription
    PublicationsRead, // and these were all for now
    Lost, // or not made; the socket is closed
    Looked,
    Dead, // one of NetMQ's threads is, and the process ends
    Fault, // a bug of ours was contained
}

/// <summary>What both sides have to agree on.</summary>
internal static class FrameRules
{
    /// <summary>The exit code of a worker that has lost a thread of NetMQ and could not say so any more.</summary>
    public const int DeadExitCode = 70;

    /// <summary>Kind and connection.</summary>
    public const int HeadLength = 5;

    /// <summary>Most bytes after the length: a frame of a publication, whole, and what describes it.</summary>
    public const int MaxLength = (16 << 20) + (512 << 10);

    /// <summary>Most frames of a message.</summary>
    public const int MaxFrames = 1 << 16;

    /// <summary>Most bytes of a message's frames together.</summary>
    public const int MaxMessage = 16 << 20;

    /// <summary>That of the program, with its revision: the file on disk may be another one than the process that starts it.</summary>
    public static string Version { get; } =
        typeof(FrameRules).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}
