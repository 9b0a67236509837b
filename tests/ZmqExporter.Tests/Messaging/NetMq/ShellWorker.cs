using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.NetMq.Framing;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>A shell that stands for a worker.</summary>
internal static class ShellWorker
{
    /// <summary>The command with which it says that it is ready.</summary>
    public static string SaysHello { get; } = Says(FrameKind.Hello, static frame => frame.Text(FrameRules.Version));

    /// <summary>A program that runs a script, whatever a worker's arguments are.</summary>
    public static string[] Program(string script) => ["/bin/sh", "-c", script];

    /// <summary>The command with which it writes a frame, of no connection unless one is given.</summary>
    public static string Says(FrameKind kind, Func<FrameBuffer, FrameBuffer> addFields, uint connection = 0)
    {
        var frame = new FrameBuffer();
        addFields(frame.Begin(kind, connection)).End();
        return $"printf '{string.Concat(frame.Written.ToArray().Select(value => $@"\{Convert.ToString(value, 8).PadLeft(3, '0')}"))}'";
    }
}
