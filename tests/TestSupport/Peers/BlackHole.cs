using System.Net;
using System.Net.Sockets;

namespace TestSupport.Peers;

/// <summary>A listener that accepts nothing and whose backlog is full: the kernel drops further SYNs, as a host does that is gone.</summary>
internal sealed class BlackHole : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _fillers = [];

    public BlackHole()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1);
        var address = (IPEndPoint)_listener.LocalEndPoint!;
        Port = address.Port;
        var isFull = false;
        while (!isFull)
        {
            var filler = new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);
            _fillers.Add(filler);
            var attempt = filler.BeginConnect(address, callback: null, state: null);
            isFull = !attempt.AsyncWaitHandle.WaitOne(100);
        }
    }

    public int Port { get; }

    public ZmtpEndpoint Endpoint => ScriptedServer.Parse($"tcp://127.0.0.1:{Port}");

    public void Dispose()
    {
        _fillers.ForEach(filler => filler.Dispose());
        _listener.Dispose();
    }
}
