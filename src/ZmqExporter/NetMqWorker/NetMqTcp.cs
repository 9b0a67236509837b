using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Reflection;
using AsyncIO;
using Zmtp.Sockets;

namespace ZmqExporter.NetMqWorker;

/// <summary>
/// What NetMQ does not do with its TCP connections. It hands out whole messages only and puts no bound on the number of their frames,
/// so that a message without an end would fill the memory unseen: but the kernel counts. And it cannot have the kernel ask idle connections
/// for a sign of life: its own options throw on its I/O thread, everywhere but on Windows. NetMQ's I/O library does not hand out its
/// socket, hence the reflection; tests hold that it works.
/// </summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Trimming.xml keeps what is read.")]
[UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Trimming.xml keeps what is read.")]
internal static class NetMqTcp
{
    // tcp(7), linux/tcp.h: struct tcp_info only ever grows at its end.
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const int BytesReceivedAt = 128;

    private const int MostUnread = 64 << 10;

    private static readonly FieldInfo? Field = typeof(AsyncSocket).Assembly
        .GetType("AsyncIO.DotNet.NativeSocket")?
        .GetField("m_socket", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>The socket in NetMQ's hands; null when its library is another one.</summary>
    public static Socket? SocketOf(AsyncSocket socket) =>
        Field is not null && Field.DeclaringType == socket.GetType() ? Field.GetValue(socket) as Socket : null;

    /// <summary>
    /// Bytes since the connect that somebody took from the kernel: how much waits there is the system's affair. None where that cannot be told.
    /// </summary>
    public static long BytesTaken(Socket? tcp) => Ask(tcp, static tcp =>
    {
        Span<byte> info = stackalloc byte[BytesReceivedAt + sizeof(long)];
        return OperatingSystem.IsLinux() && tcp.GetRawSocketOption(TcpLevel, TcpInfo, info) == info.Length
            ? BitConverter.ToInt64(info[BytesReceivedAt..]) - tcp.Available
            : 0;
    });

    /// <summary>Whether something has come that nobody has taken from the kernel; a flood is more than what counts as that.</summary>
    public static bool HasUnread(Socket? tcp) => Ask(tcp, static tcp => tcp.Available is > 0 and < MostUnread);

    /// <summary>Has a connection behave as those of our own client: one that a NAT or a lost host has forgotten ends.</summary>
    public static void SetOptions(Socket? tcp) => Ask(tcp, static tcp =>
    {
        SocketOptions.Set(tcp);
        return true;
    });

    private static T? Ask<T>(Socket? tcp, Func<Socket, T> question)
    {
        try
        {
            return tcp is null ? default : question(tcp);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return default; // closed meanwhile
        }
    }
}
