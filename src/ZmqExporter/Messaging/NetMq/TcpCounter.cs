using System.Net.Sockets;
using System.Reflection;
using AsyncIO;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// How much came on one of NetMQ's TCP connections. NetMQ hands out whole messages only and puts no bound on the number of their frames,
/// so that a message without an end would fill the memory unseen: but the kernel counts. NetMQ's I/O library does not hand out its
/// socket, hence the reflection; a test holds that it works.
/// </summary>
internal static class TcpCounter
{
    // tcp(7), linux/tcp.h: struct tcp_info only ever grows at its end.
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const int BytesReceivedAt = 128;

    private static readonly FieldInfo? Field = typeof(AsyncSocket).Assembly
        .GetType("AsyncIO.DotNet.NativeSocket")?
        .GetField("m_socket", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>Bytes received since the connect; null where that cannot be told.</summary>
    public static long? BytesReceived(AsyncSocket socket)
    {
        if (!OperatingSystem.IsLinux() || Field is null || Field.DeclaringType != socket.GetType() || Field.GetValue(socket) is not Socket tcp)
        {
            return null;
        }

        Span<byte> info = stackalloc byte[BytesReceivedAt + sizeof(long)];
        try
        {
            return tcp.GetRawSocketOption(TcpLevel, TcpInfo, info) == info.Length ? BitConverter.ToInt64(info[BytesReceivedAt..]) : null;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return null; // closed meanwhile
        }
    }
}
