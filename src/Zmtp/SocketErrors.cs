using System.Net;
using System.Net.Sockets;

namespace Zmtp;

/// <summary>What the operating system's errors mean for a connection.</summary>
internal static class SocketErrors
{
    /// <summary>An error while connecting.</summary>
    public static ZmtpError OnConnect(SocketError error, IPEndPoint address) => error switch
    {
        SocketError.ConnectionRefused or SocketError.ConnectionReset =>
            new ZmtpError(ZmtpErrorCode.Refused, $"nothing listens on {address} (connection refused)"),
        SocketError.HostUnreachable or SocketError.HostDown or SocketError.NetworkUnreachable or SocketError.NetworkDown =>
            new ZmtpError(ZmtpErrorCode.Unreachable, $"there is no route to {address} ({Name(error)})"),
        SocketError.TimedOut => ConnectTimeout(address),
        _ => Local(error, $"connecting to {address}"),
    };

    /// <summary>This host's kernel has no such addresses.</summary>
    public static ZmtpError NoSuchFamily(IPEndPoint address) => new(
        ZmtpErrorCode.Unreachable,
        $"this host has no {(address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4")} to reach {address} with");

    /// <summary>No answer to our SYN by the deadline.</summary>
    public static ZmtpError ConnectTimeout(IPEndPoint address) => new(
        ZmtpErrorCode.ConnectTimeout,
        $"{address} did not accept the TCP connection in time: the host is gone, a firewall drops packets, or the server's backlog is full");

    /// <summary>An error on a connection that was established.</summary>
    public static ZmtpError OnEstablished(SocketError error, string during) => error switch
    {
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown =>
            new ZmtpError(ZmtpErrorCode.Disconnected, $"the peer reset the connection {during}"),
        SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown =>
            new ZmtpError(ZmtpErrorCode.Disconnected, $"the connection broke {during} ({Name(error)})"),
        _ => Local(error, during),
    };

    /// <summary>An error of our own side.</summary>
    public static ZmtpError Local(SocketError error, string during) => new(
        ZmtpErrorCode.Local,
        error == SocketError.TooManyOpenSockets
            ? $"this process has no file descriptors left, {during}: raise its limit (ulimit -n, LimitNOFILE)"
            : $"the operating system said {Name(error)}, {during}");

    /// <summary>A failed look-up.</summary>
    public static ZmtpError OnResolve(string host, Exception exception) => new(
        exception is OutOfMemoryException ? ZmtpErrorCode.Local : ZmtpErrorCode.Resolve,
        exception is SocketException socket
            ? socket.SocketErrorCode switch
            {
                SocketError.HostNotFound => $"the name {host} does not exist",
                SocketError.NoData => $"the name {host} has no address",
                SocketError.TryAgain => $"the name server did not answer for {host}",
                _ => $"the name {host} did not resolve ({Name(socket.SocketErrorCode)})",
            }
            : $"the name {host} did not resolve: {exception.Message}");

    private static string Name(SocketError error) => $"{error}, {new SocketException((int)error).Message}";
}
