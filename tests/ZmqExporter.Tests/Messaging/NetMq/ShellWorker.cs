using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>A shell that stands for a worker.</summary>
internal static class ShellWorker
{
    /// <summary>The command with which it says that it is ready.</summary>
    public static string SaysHello { get; } = Says(FrameKind.Hello, static frame => frame.Text(FrameRules.Version));

    /// <summary>The command with which it waits for a frame, or for more than one that are written at once.</summary>
    public static string Reads { get; } = "dd bs=64k count=1 >/dev/null 2>&1";

    /// <summary>The command with which it waits for its end.</summary>
    public static string ReadsTheRest { get; } = "cat >/dev/null";

    /// <summary>A program that runs a script, whatever a worker's arguments are.</summary>
    public static string[] Program(string script) => ["/bin/sh", "-c", script];

    /// <summary>The command with which it writes a frame, of no connection unless one is given.</summary>
    public static string Says(FrameKind kind, Func<FrameBuffer, FrameBuffer> addFields, uint connection = 0)
    {
        var frame = new FrameBuffer();
        addFields(frame.Begin(kind, connection)).End();
        return $"printf '{string.Concat(frame.Written.ToArray().Select(value => $@"\{Convert.ToString(value, 8).PadLeft(3, '0')}"))}'";
    }

    /// <summary>The command with which it waits for so many frames that ask for something, and have all the same length (<see cref="WorkerConnection.Ask"/>).</summary>
    public static string ReadsQuestions(int count)
    {
        var frame = new FrameBuffer();
        frame.Begin(FrameKind.Look, 0).Add(0).End();
        return $"head -c {count * frame.Written.Length} >/dev/null";
    }

    /// <summary>The command with which it tells of an event of a connection.</summary>
    public static string SaysEvent(uint connection, ConnectionEvent happened) => Says(FrameKind.Event, frame => frame.Add(happened), connection);

    /// <summary>The command with which it tells of a loss for which NetMQ gives no reason.</summary>
    public static string SaysLost(uint connection, bool isUnsent = false) => SaysLost(connection, isUnsent, error: null);

    /// <summary>The command with which it tells of a loss and its reason.</summary>
    public static string SaysLost(uint connection, ZmtpError error) => SaysLost(connection, isUnsent: false, error);

    private static string SaysLost(uint connection, bool isUnsent, ZmtpError? error) => Says(
        FrameKind.Lost,
        frame => frame.Add(isUnsent).Add(error is not null).Add(error?.Code ?? default).Text(error?.Message ?? "").Add(error is { IsMessageSize: true }),
        connection);
}
