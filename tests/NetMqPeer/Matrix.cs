using NetMQ;

namespace NetMqPeer;

/// <summary>
/// Many servers, as matrix.py is. Before its "ready 0" line it prints "bound NUMBER ENDPOINT" for each socket. REP and ROUTER send back
/// what they get; PUB sends "tick" ten times a second.
/// </summary>
internal sealed class Matrix : Peer
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly List<NetMQSocket> _sockets = [];
    private readonly NetMQPoller _poller = [];

    public Matrix(PeerOptions options)
    {
        foreach (var text in options.Sockets)
        {
            var parts = text.Split(':', 3);
            var endpoint = Bind(parts[0], parts[1] == "curve" ? options.CurveSecretKey : null, parts[2]);
            Console.WriteLine($"bound {_sockets.Count - 1} {endpoint}");
        }

        _poller.RunAsync("servers");
        Console.WriteLine("ready 0");
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        _poller.Dispose();
        _sockets.ForEach(socket => socket.Dispose());
    }

    /// <inheritdoc />
    protected override bool Obey(string command) => false;

    /// <inheritdoc />
    protected override void TakeTurn() => Wait(Turn);

    private string Bind(string kind, string? curveSecretKey, string endpoint)
    {
        var socket = Sockets.Open(kind);
        _sockets.Add(socket);
        Sockets.Configure(socket, curveSecretKey);
        socket.Options.IPv4Only = !endpoint.Contains('[', StringComparison.Ordinal);
        var port = socket.BindRandomPort(endpoint);
        if (kind is "rep" or "router")
        {
            socket.ReceiveReady += (_, e) => e.Socket.SendMultipartMessage(e.Socket.ReceiveMultipartMessage());
            _poller.Add(socket);
        }
        else if (kind == "pub")
        {
            var timer = new NetMQTimer(Interval);
            timer.Elapsed += (_, _) => socket.SendFrame("tick");
            _poller.Add(timer);
        }

        return $"{endpoint}:{port}";
    }
}
