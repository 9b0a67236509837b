using System.Net;
using System.Net.Sockets;

namespace Zmtp.Sockets;

/// <summary>What the operating system's errors mean for a connection.</summary>
internal static class SocketErrors
{
    private const string NoServer = ", or no ZeroMQ server, such as one that speaks TLS";

    /// <summary>Stands for a kernel that has no room to watch another socket: no other call of ours says it.</summary>
    public const SocketError NothingLeftToWatch = SocketError.ProcessLimit;

    /// <summary>
    /// The peer ended the connection and we had not received a byte. Whether that shows as the end of the stream, as a reset, or already as an
    /// error of the connect depends on which of its packets comes first: it is one cause, and has one wording.
    /// </summary>
    public static ZmtpError ClosedMute { get; } = new(
        ZmtpErrorCode.Disconnected,
        "the peer accepted the connection and closed it before it said anything: a proxy or load balancer whose server is down, a limit of connections or file descriptors" + NoServer)
    {
        Stranger = NoServer,
        IsByPeer = true,
    };

    /// <summary>There is no memory for what came. Made beforehand: there is none when it is needed.</summary>
    public static ZmtpError OutOfMemory { get; } = new(
        ZmtpErrorCode.Local, "this process has no memory left for what the peer sends; the connection was given up");

    /// <summary>An allocation failed while connecting. Made beforehand: there is no memory when it is needed.</summary>
    public static ZmtpError NoMemoryToConnect { get; } = new(ZmtpErrorCode.Local, "this process has no memory left for a new connection");

    /// <summary>An error while connecting.</summary>
    public static ZmtpError OnConnect(SocketError error, EndPoint address) => address is UnixDomainSocketEndPoint
        ? OnUnixConnect(error, address)
        : OnTcpConnect(error, address);

    private static ZmtpError OnUnixConnect(SocketError error, EndPoint path) => error switch
    {
        // The kernel says the same of a socket that nobody has open and of a file that is no socket.
        SocketError.ConnectionRefused => new ZmtpError(
            ZmtpErrorCode.Refused,
            IsAbstract(path)
                ? $"nothing listens on {path}: no server has bound this name in the exporter's network namespace"
                : $"nothing listens on {path}: no server has it open; a process that crashed left it behind, or it is no socket at all"),
        // .NET's name for ENOENT.
        SocketError.AddressNotAvailable => new ZmtpError(ZmtpErrorCode.Refused, $"nothing listens on {path}: there is no such socket"),
        SocketError.WouldBlock => ConnectTimeout(path),
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => ClosedMute,
        SocketError.AccessDenied => new ZmtpError(ZmtpErrorCode.Local, $"this process may not open {path}: give its user write permission on the socket"),
        _ => Local(error, $"connecting to {path}"),
    };

    // How .NET writes the name's leading zero.
    private static bool IsAbstract(EndPoint path) => path.ToString()!.StartsWith('@');

    private static ZmtpError OnTcpConnect(SocketError error, EndPoint address) => error switch
    {
        // A peer that resets a connection has accepted it before. EPIPE is what the kernel says when the peer had ended its stream, too.
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => ClosedMute,
        SocketError.ConnectionRefused =>
            new ZmtpError(ZmtpErrorCode.Refused, $"nothing listens on {address} (connection refused): the server is down, or bound to another port or address; ss -ltnp on its host shows which"),
        SocketError.HostUnreachable or SocketError.HostDown or SocketError.NetworkUnreachable or SocketError.NetworkDown =>
            new ZmtpError(ZmtpErrorCode.Unreachable, $"there is no route to {address} ({error})"),
        SocketError.TimedOut => ConnectTimeout(address),
        SocketError.AccessDenied => new ZmtpError(ZmtpErrorCode.Unreachable, $"a rule of this host's firewall forbids to connect to {address}"),
        SocketError.InvalidArgument when address is IPEndPoint { Address: { IsIPv6LinkLocal: true, ScopeId: 0 } } => new ZmtpError(
            ZmtpErrorCode.Local,
            $"{address} is a link-local address, and this host has no interface of the zone that follows its % sign, or none follows: write it as in tcp://[fe80::1%eth0]:5555"),
        _ => Local(error, $"connecting to {address}"),
    };

    /// <summary>This host's kernel has no such addresses.</summary>
    public static ZmtpError NoSuchFamily(EndPoint address) => new(
        ZmtpErrorCode.Unreachable,
        $"this host has no {(address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4")} to reach {address} with");

    /// <summary>The caller of the connection does not let it go there.</summary>
    public static ZmtpError NotAllowed(EndPoint address) => new(ZmtpErrorCode.Local, $"connections to {address} are not allowed");

    /// <summary>No answer to our SYN by the deadline.</summary>
    public static ZmtpError ConnectTimeout(EndPoint address) => new(
        ZmtpErrorCode.ConnectTimeout,
        address is UnixDomainSocketEndPoint
            ? $"{address} did not accept the connection in time: the server's backlog is full"
            : $"{address} did not accept the TCP connection in time: the host is gone, a firewall drops packets, or the server's backlog is full");

    /// <summary>Whether an error says that the peer ended the connection.</summary>
    public static bool IsReset(SocketError error) => error is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown;

    /// <summary>An error on a connection that was established.</summary>
    public static ZmtpError OnEstablished(SocketError error, string during) => error switch
    {
        _ when IsReset(error) =>
            new ZmtpError(ZmtpErrorCode.Disconnected, $"the peer reset the connection {during}") { IsByPeer = true },
        SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown =>
            new ZmtpError(ZmtpErrorCode.Disconnected, $"the connection broke {during} ({Name(error)})"),
        _ => Local(error, during),
    };

    /// <summary>An error of our own side.</summary>
    public static ZmtpError Local(SocketError error, string during) => new(
        ZmtpErrorCode.Local,
        error switch
        {
            SocketError.TooManyOpenSockets => $"this process has no file descriptors left, {during}: raise its limit (ulimit -n, LimitNOFILE)",
            NothingLeftToWatch => $"the kernel has no room to watch another socket, {during}: raise its limit (sysctl fs.epoll.max_user_watches), or free memory",
            _ => $"the operating system said {Name(error)}, {during}",
        });

    /// <summary>
    /// The error of the address that came furthest: an IPv6 address that this host has no route to must not hide that the server's
    /// IPv4 address refused, least of all as a fault of our own.
    /// </summary>
    public static ZmtpError MoreTelling(ZmtpError? first, ZmtpError second)
    {
        return first is not null && Weight(first) > Weight(second) ? first : second;

        static int Weight(ZmtpError error) => error.Code switch
        {
            ZmtpErrorCode.Local => 0,
            ZmtpErrorCode.Unreachable => 1,
            ZmtpErrorCode.Disconnected => 3,
            _ => 2,
        };
    }

    /// <summary>A look-up that had not ended at a deadline that we noticed late.</summary>
    public static ZmtpError LateLookup(string host, TimeSpan late) => new(
        ZmtpErrorCode.Local,
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{host} was not looked up in time, but this process did not get to run for {late.TotalSeconds:0.0} s, so that this proves nothing"));

    /// <summary>A failed look-up.</summary>
    public static ZmtpError OnResolve(string host, Exception exception) => new(
        exception is OutOfMemoryException or SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } ? ZmtpErrorCode.Local : ZmtpErrorCode.Resolve,
        exception is SocketException socket
            ? socket.SocketErrorCode switch
            {
                SocketError.HostNotFound => $"the name {host} does not exist",
                SocketError.NoData => $"the name {host} has no address",
                SocketError.TooManyOpenSockets => $"this process has no file descriptors left to look up {host}: raise its limit (ulimit -n, LimitNOFILE)",
                SocketError.TryAgain => $"the name server did not answer for {host}",
                _ => $"the name {host} did not resolve ({Name(socket.SocketErrorCode)})",
            }
            : $"the name {host} did not resolve: {exception.Message}");

    private static string Name(SocketError error) => $"{error}, {new SocketException((int)error).Message}";
}
