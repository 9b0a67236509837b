using NetMQ;

namespace NetMqPeer;

/// <summary>A peer with one socket, which it binds, or connects when the command line says where to.</summary>
internal abstract class Server : Peer
{
    private readonly NetMQSocket _socket;

    protected Server(NetMQSocket socket, PeerOptions options)
    {
        _socket = socket;
        Sockets.Configure(socket, options.CurveSecretKey);
        var port = options.Port;
        if (options.Connect is not null)
        {
            _socket.Connect(options.Connect);
        }
        else if (port == 0)
        {
            port = _socket.BindRandomPort("tcp://127.0.0.1");
        }
        else
        {
            _socket.Bind($"tcp://127.0.0.1:{port}");
        }

        Console.WriteLine($"ready {port}");
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        _socket.Dispose();
    }
}
