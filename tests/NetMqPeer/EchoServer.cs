using NetMQ;
using NetMQ.Sockets;

namespace NetMqPeer;

/// <summary>A ROUTER that sends every message back to its sender, frame for frame.</summary>
internal sealed class EchoServer : Server
{
    private readonly RouterSocket _socket;

    public EchoServer(PeerOptions options)
        : this(new RouterSocket(), options)
    {
    }

    private EchoServer(RouterSocket socket, PeerOptions options)
        : base(socket, options)
    {
        _socket = socket;
        _socket.Options.SendHighWatermark = 0; // a ROUTER drops in silence what exceeds it
    }

    /// <inheritdoc />
    protected override bool Obey(string command) => false;

    /// <inheritdoc />
    protected override void TakeTurn()
    {
        NetMQMessage? message = null;
        if (_socket.TryReceiveMultipartMessage(Turn, ref message))
        {
            _socket.SendMultipartMessage(message!);
        }
    }
}
