using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.Demo;

/// <summary>
/// Speaks ZMTP up to READY on its first connection, and then never reads or writes again, as a process that was stopped or whose I/O thread
/// hangs: its kernel still takes connections. No ZeroMQ library does that, so the bytes are written here.
/// </summary>
internal sealed class FrozenServer(string name, TextWriter error) : DemoServer(name, error)
{
    private const int MostConnections = 16; // the older ones were given up by the exporter long ago

    private static readonly byte[] Greeting =
    [
        0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, // the signature
        3, 1, // the version: one that knows PING, and this one answers none
        .. "NULL"u8, .. new byte[16], // the mechanism
        0, .. new byte[31], // no server's role, and what fills it up
    ];

    private static readonly byte[] Ready = [4, 25, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 3, .. "REP"u8];

    private readonly Queue<Socket> _connections = new();

    /// <inheritdoc />
    public override string State => "down";

    /// <inheritdoc />
    public override string LookAt => "not even reachable: TCP connects, the process is frozen";

    /// <inheritdoc />
    protected override void Serve()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Listens(((IPEndPoint)listener.LocalEndpoint).Port);
        var isFrozen = false;
        while (!Stopping)
        {
            if (listener.Server.Poll(PollInterval, SelectMode.SelectRead))
            {
                var connection = listener.AcceptSocket();
                isFrozen = isFrozen || IsReady(connection);
                _connections.Enqueue(connection);
            }

            if (_connections.Count > MostConnections)
            {
                _connections.Dequeue().Dispose();
            }
        }

        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    // Takes part in the handshake; false when the peer did not, such as a port scan.
    private static bool IsReady(Socket connection)
    {
        try
        {
            connection.ReceiveTimeout = 1000; // milliseconds
            connection.Send(Greeting);
            var theirs = new byte[Greeting.Length];
            for (var read = 0; read < theirs.Length;)
            {
                var more = connection.Receive(theirs.AsSpan(read));
                if (more == 0)
                {
                    return false;
                }

                read += more;
            }

            connection.Send(Ready);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
