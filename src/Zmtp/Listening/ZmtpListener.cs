using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Zmtp.Endpoints;
using Zmtp.Sockets;

namespace Zmtp.Listening;

/// <summary>A bound socket that accepts connections, until it is disposed. Thread-safe.</summary>
public sealed class ZmtpListener : IDisposable
{
    private const int Backlog = 512;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly ListenEndpoint _endpoint;
    private readonly IncomingConnections _connections;
    private readonly Func<Socket, CancellationToken, ValueTask<Socket>> _accept;
    private readonly CancellationTokenSource _end = new();

    private ZmtpListener(Socket socket, ListenEndpoint endpoint, IncomingConnections connections, Func<Socket, CancellationToken, ValueTask<Socket>>? accept)
    {
        _accept = accept ?? (static (socket, end) => socket.AcceptAsync(end));
        _socket = socket;
        _endpoint = endpoint;
        _connections = connections;
        Address = socket.LocalEndPoint is IPEndPoint { Port: var port } && endpoint.SocketPath is null
            ? string.Create(CultureInfo.InvariantCulture, $"{endpoint.ToString()[..endpoint.ToString().LastIndexOf(':')]}:{port}")
            : endpoint.ToString();
        Ended = Task.Run(AcceptAsync);
    }

    /// <summary>Where it listens, with the port that it got.</summary>
    public string Address { get; }

    /// <summary>Ends when it accepts no more; fails when that is a bug.</summary>
    public Task Ended { get; }

    /// <summary>Binds and begins to accept.</summary>
    /// <exception cref="SocketException">It could not be bound.</exception>
    public static ZmtpListener Start(ListenEndpoint endpoint, IncomingConnections connections) => Start(endpoint, connections, accept: null);

    /// <summary>As the other one.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="connections">What becomes of those who come.</param>
    /// <param name="accept">Takes the next one; for tests.</param>
    internal static ZmtpListener Start(ListenEndpoint endpoint, IncomingConnections connections, Func<Socket, CancellationToken, ValueTask<Socket>>? accept)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var socket = Open(endpoint);
        try
        {
            socket.Bind(endpoint.SocketPath ?? (EndPoint)new IPEndPoint(AddressFor(endpoint, socket), endpoint.Port));
            socket.Listen(Backlog);
            return new ZmtpListener(socket, endpoint, connections, accept);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Stops. The connections stay.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _socket.Dispose();
        _end.Dispose();
        if (_endpoint.File is { } file)
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The next start removes it.
            }
        }
    }

    private static Socket Open(ListenEndpoint endpoint)
    {
        if (endpoint.SocketPath is not null)
        {
            return new Socket(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified);
        }

        if (endpoint.Address is { } address)
        {
            return new Socket(address.AddressFamily, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);
        }

        return Socket.OSSupportsIPv6
            ? new Socket(AddressFamily.InterNetworkV6, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp) { DualMode = true }
            : new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);
    }

    private static IPAddress AddressFor(ListenEndpoint endpoint, Socket socket) =>
        endpoint.Address ?? (socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any);

    private async Task AcceptAsync()
    {
        var pause = FirstPause;
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var socket = await _accept(_socket, _end.Token);
                Prepare(socket);
                pause = FirstPause;
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (Exception exception) when (exception is SocketException or OutOfMemoryException)
            {
                // No descriptors are left, or the peer has left in the backlog: others may come, but not in a tight loop.
                _connections.OnAcceptFailed((exception as SocketException)?.SocketErrorCode);
                await Task.Delay(pause, _connections.Time, CancellationToken.None);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private void Prepare(Socket socket)
    {
        try
        {
            KernelSocket.SetNonBlocking(socket);
            if (_endpoint.SocketPath is null)
            {
                SocketOptions.Set(socket);
            }

            _connections.Take(socket, _endpoint.ToString());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            socket.Dispose(); // the peer has left already
        }
    }
}
