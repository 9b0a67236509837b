using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>
/// A NAT, firewall or load balancer that forgets connections: what comes on a forgotten one from either side vanishes, without FIN and
/// without RST. Or one that expires them: the next bytes of the client are answered with RST. New connections go through.
/// </summary>
internal sealed class ForgetfulProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<Mapping> _mappings = [];
    private readonly List<Task> _pumps = [];
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _server;
    private readonly Task _accepting;

    public ForgetfulProxy(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The endpoint as a configuration names it.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>How many connections came so far.</summary>
    public int Accepted
    {
        get
        {
            lock (_lock)
            {
                return _mappings.Count;
            }
        }
    }

    /// <summary>Forgets every connection that there is.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _mappings.ForEach(mapping => mapping.IsForgotten = true);
        }
    }

    /// <summary>Expires every connection that there is.</summary>
    public void Expire()
    {
        lock (_lock)
        {
            _mappings.ForEach(mapping => mapping.IsExpired = true);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_pumps);
        _mappings.ForEach(mapping => mapping.Dispose());
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var mapping = new Mapping(
                    await _listener.AcceptSocketAsync(_stop.Token), new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
                lock (_lock)
                {
                    _mappings.Add(mapping);
                }

                await mapping.Server.ConnectAsync(IPAddress.Loopback, _server, _stop.Token);
                _pumps.Add(PumpAsync(mapping, mapping.Client, mapping.Server));
                _pumps.Add(PumpAsync(mapping, mapping.Server, mapping.Client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The end.
        }
    }

    private async Task PumpAsync(Mapping mapping, Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer, _stop.Token)) > 0)
            {
                if (mapping.IsExpired && from == mapping.Client)
                {
                    mapping.Reset();
                    return;
                }

                if (!mapping.IsForgotten)
                {
                    await to.SendAsync(buffer.AsMemory(0, count), _stop.Token); // sends all of it, as sockets of .NET do
                }
            }

            if (!mapping.IsForgotten)
            {
                to.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side is gone, or the test is over.
        }
    }

    private sealed class Mapping(Socket client, Socket server) : IDisposable
    {
        private volatile bool _isForgotten;
        private volatile bool _isExpired;

        public Socket Client => client;

        public Socket Server => server;

        public bool IsForgotten
        {
            get => _isForgotten;
            set => _isForgotten = value;
        }

        public bool IsExpired
        {
            get => _isExpired;
            set => _isExpired = value;
        }

        /// <summary>Ends both sides, the client's with RST.</summary>
        public void Reset()
        {
            client.LingerState = new LingerOption(true, 0);
            Dispose();
        }

        public void Dispose()
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
