using System.Net.Sockets;

namespace Zmtp.Sockets;

/// <summary>How every TCP socket of ours behaves. Thread-safe.</summary>
public static class SocketOptions
{
    // A NAT or load balancer that forgot a connection, or a host that lost its power, tells nobody. An idle connection is therefore asked
    // for a sign of life: first after 20 s, then every 5 s, and three that stay without an answer end it, 35 s after the last one.
    private const int IdleSeconds = 20;
    private const int IntervalSeconds = 5;
    private const int Count = 3;

    // What we send to such a peer is otherwise sent again for a quarter of an hour. On Linux this also takes the place of the count
    // above: a value below the time of the third question would end connections for fewer lost packets.
    private const int UserTimeoutMilliseconds = 33_000;
    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int UserTimeout = 18; // TCP_USER_TIMEOUT of tcp(7)

    /// <summary>Sets them: no delay, keepalive, and TCP_USER_TIMEOUT where there is one. What a system refuses is left as it is.</summary>
    /// <param name="socket">A TCP socket.</param>
    /// <exception cref="SocketException">It is over.</exception>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    public static void Set(Socket socket)
    {
        socket.NoDelay = true;
        TrySet(socket, SocketOptionLevel.Socket, SocketOptionName.KeepAlive, 1);
        TrySet(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, IdleSeconds);
        TrySet(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, IntervalSeconds);
        TrySet(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Count);
        if (OperatingSystem.IsLinux())
        {
            try
            {
                Span<byte> milliseconds = stackalloc byte[sizeof(int)];
                BitConverter.TryWriteBytes(milliseconds, UserTimeoutMilliseconds);
                socket.SetRawSocketOption(TcpLevel, UserTimeout, milliseconds);
            }
            catch (SocketException)
            {
                // Keepalive alone ends idle connections.
            }
        }
    }

    private static void TrySet(Socket socket, SocketOptionLevel level, SocketOptionName name, int value)
    {
        try
        {
            socket.SetSocketOption(level, name, value);
        }
        catch (SocketException)
        {
            // A kernel without it: dead connections are then found by probes only.
        }
    }
}
