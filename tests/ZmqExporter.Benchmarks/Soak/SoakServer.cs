using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.Benchmarks.Soak;

/// <summary>One server with a port of its own, which does as its mode says and counts what it did.</summary>
internal sealed class SoakServer : IDisposable
{
    // Below the kernel's range of local ports (32768 and up): while a server is gone, no connection may take its port.
    private const int FirstPort = 12_000;
    private const int LastPort = 32_000;

    private static int s_nextPort = FirstPort;

    private readonly Lock _lock = new();
    private readonly List<SoakConnection> _connections = [];
    private readonly int _port;
    private Socket? _listener;
    private TaskCompletionSource _thawed = Completed();
    private long _replies;
    private long _lies;
    private long _requests;

    public SoakServer(string name)
    {
        Name = name;
        (_listener, _port) = ListenOnAFreePort();
        _ = AcceptAsync(_listener);
    }

    public string Name { get; }

    public string Endpoint => $"tcp://127.0.0.1:{_port}";

    public SoakMode Mode { get; private set; } = SoakMode.Healthy;

    /// <summary>When the mode was set (<see cref="Stopwatch"/>).</summary>
    public long Since { get; private set; } = Stopwatch.GetTimestamp();

    /// <summary>Requests that came.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Whole, true replies that were handed to the kernel.</summary>
    public long Replies => Interlocked.Read(ref _replies);

    /// <summary>Whole, false replies that were handed to the kernel.</summary>
    public long Lies => Interlocked.Read(ref _lies);

    /// <summary>Changes the behaviour, of connections that are open, too.</summary>
    public void Become(SoakMode mode)
    {
        SoakConnection[] ended = [];
        TaskCompletionSource? thawed = null;
        lock (_lock)
        {
            if (Mode == SoakMode.Freeze)
            {
                thawed = _thawed;
            }

            Mode = mode;
            Since = Stopwatch.GetTimestamp();
            if (mode == SoakMode.Freeze)
            {
                _thawed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (mode == SoakMode.Refuse || mode == SoakMode.Garbage)
            {
                ended = [.. _connections];
            }

            if (mode == SoakMode.Refuse)
            {
                _listener!.Dispose();
                _listener = null;
            }
            else if (_listener is null)
            {
                _listener = Listen(_port);
                _ = AcceptAsync(_listener);
            }
        }

        thawed?.TrySetResult();
        foreach (var connection in ended)
        {
            connection.Reset();
        }
    }

    /// <summary>Waits while the server is frozen.</summary>
    public Task ThawedAsync() => _thawed.Task;

    public void CountRequest() => Interlocked.Increment(ref _requests);

    public void CountReply(bool isTrue) => Interlocked.Increment(ref isTrue ? ref _replies : ref _lies);

    public void Forget(SoakConnection connection)
    {
        lock (_lock)
        {
            _connections.Remove(connection);
        }
    }

    public void Dispose()
    {
        Become(SoakMode.Refuse);
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private static (Socket Listener, int Port) ListenOnAFreePort()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref s_nextPort);
            if (port > LastPort)
            {
                throw new InvalidOperationException($"no port between {FirstPort} and {LastPort} is free for one more server");
            }

            try
            {
                return (Listen(port), port);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another program has it.
            }
        }
    }

    private static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen(16);
        return socket;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                await ThawedAsync();
                var connection = new SoakConnection(this, await listener.AcceptAsync());
                lock (_lock)
                {
                    if (_listener != listener)
                    {
                        connection.Reset();
                        return;
                    }

                    _connections.Add(connection);
                }

                _ = connection.ServeAsync();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener is closed.
        }
    }
}
