using System.Globalization;
using NetMQ;
using NetMQ.Sockets;
using Zmtp;
using Zmtp.Security;

namespace ZmqExporter.EndToEndTests.Matrix;

/// <summary>NetMQ's sockets of every type in this process. REP and ROUTER send back what they get, PUB sends "tick" ten times a second.</summary>
internal sealed class NetMqServers : IDisposable
{
    private readonly List<NetMQSocket> _sockets = [];
    private readonly NetMQPoller _poller = [];
    private readonly NetMQCertificate _certificate = new();

    /// <summary>The server's public key, for clients of CURVE servers.</summary>
    public CurvePublicKey PublicKey => CurvePublicKey.TryParse(Z85.Encode(_certificate.PublicKey), out var key, out var problem) ? key : throw new InvalidOperationException(problem);

    /// <summary>Opens a server and returns its endpoint.</summary>
    public string Bind(SocketType type, string mechanism, string transport)
    {
        var socket = Create(type);
        _sockets.Add(socket);
        socket.Options.Linger = TimeSpan.Zero;
        socket.Options.IPv4Only = transport != "tcp6";
        if (mechanism == "curve")
        {
            socket.Options.CurveServer = true;
            socket.Options.CurveCertificate = _certificate;
        }

        var host = transport == "tcp6" ? "[::1]" : "127.0.0.1";
        var port = socket.BindRandomPort($"tcp://{host}");
        if (type is SocketType.Rep or SocketType.Router)
        {
            socket.ReceiveReady += (_, e) => e.Socket.SendMultipartMessage(e.Socket.ReceiveMultipartMessage());
            _poller.Add(socket);
        }
        else if (type == SocketType.Pub)
        {
            var timer = new NetMQTimer(TimeSpan.FromMilliseconds(100));
            timer.Elapsed += (_, _) => socket.SendFrame("tick");
            _poller.Add(timer);
        }

        return string.Create(CultureInfo.InvariantCulture, $"tcp://{host}:{port}");
    }

    /// <summary>Lets the servers serve: nothing may be bound any more.</summary>
    public void Start() => _poller.RunAsync();

    /// <inheritdoc />
    public void Dispose()
    {
        _poller.Dispose();
        _sockets.ForEach(socket => socket.Dispose());
    }

    private static NetMQSocket Create(SocketType type) => type switch
    {
        SocketType.Req => new RequestSocket(),
        SocketType.Rep => new ResponseSocket(),
        SocketType.Dealer => new DealerSocket(),
        SocketType.Router => new RouterSocket(),
        SocketType.Pub => new PublisherSocket(),
        SocketType.Xpub => new XPublisherSocket(),
        SocketType.Sub => new SubscriberSocket(),
        SocketType.Xsub => new XSubscriberSocket(),
        SocketType.Push => new PushSocket(),
        SocketType.Pull => new PullSocket(),
        SocketType.Pair => new PairSocket(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "NetMQ has no such socket."),
    };
}
