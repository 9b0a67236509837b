using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.Benchmarks;

/// <summary>
/// The server of thousands of targets at once, in a process of its own: one port on every loopback address, where each connection gets
/// a greeting, a READY and then its own bytes back. It does what the lines of its input say.
/// </summary>
internal sealed class StormServer : IDisposable
{
    public const string Argument = "storm-server";

    private const int Backlog = 4096;
    private const int GreetingLength = 64;

    private static readonly byte[] Hello =
    [
        0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 1, .. "NULL"u8, .. new byte[GreetingLength - 16],
        4, 25, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 3, .. "REP"u8,
    ];

    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _clients = [];
    private readonly List<Socket> _fillers = [];
    private Socket? _listener;
    private int _port;
    private bool _isSilent;
    private long _accepted;

    /// <summary>What the child does: prints its port, then for each line how many connections it has accepted so far; ends with its input.</summary>
    public static void Run()
    {
        using var server = new StormServer();
        server.Obey("serve");
        Console.WriteLine(server._port);
        while (Console.ReadLine() is { } order)
        {
            server.Obey(order);
            Console.WriteLine(Interlocked.Read(ref server._accepted));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _listener?.Dispose();
        _fillers.ForEach(filler => filler.Dispose());
        DropClients();
    }

    private void Obey(string order)
    {
        switch (order)
        {
            case "serve":
                _isSilent = false;
                DropClients();
                Listen();
                break;
            case "silent":
                _isSilent = true;
                DropClients();
                break;
            case "refuse":
                _listener?.Dispose();
                _listener = null;
                DropClients();
                break;
            case "hole":
                FillBacklog();
                DropClients();
                break;
            default:
                break; // only the count
        }
    }

    private void Listen()
    {
        _fillers.ForEach(filler => filler.Dispose());
        _fillers.Clear();
        _listener?.Dispose();
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Any, _port));
        _listener.Listen(Backlog);
        _port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _ = AcceptAsync(_listener);
    }

    // Where nobody accepts and the backlog is full, the kernel drops what comes.
    private void FillBacklog()
    {
        Listen();
        _listener!.Dispose();
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Any, _port));
        _listener.Listen(0);
        for (var i = 0; i < 4; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _fillers.Add(filler);
            _ = filler.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _port));
        }
    }

    private void DropClients()
    {
        Socket[] clients;
        lock (_lock)
        {
            clients = [.. _clients];
            _clients.Clear();
        }

        foreach (var client in clients)
        {
            client.Close(0);
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            try
            {
                var client = await listener.AcceptAsync();
                Interlocked.Increment(ref _accepted);
                client.NoDelay = true;
                lock (_lock)
                {
                    _clients.Add(client);
                }

                _ = ConverseAsync(client);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return; // closed; another one may listen
            }
        }
    }

    private async Task ConverseAsync(Socket client)
    {
        var buffer = new byte[256];
        try
        {
            if (!_isSilent)
            {
                await client.SendAsync(Hello);
            }

            var toSkip = GreetingLength;
            var hasReady = false;
            int count;
            while ((count = await client.ReceiveAsync(buffer)) > 0)
            {
                var start = 0;
                while (start < count && !_isSilent)
                {
                    if (toSkip == 0 && hasReady)
                    {
                        await client.SendAsync(buffer.AsMemory(start, count - start));
                        break;
                    }

                    var skipped = Math.Min(toSkip, count - start);
                    toSkip -= skipped;
                    start += skipped;
                    if (toSkip == 0 && !hasReady && count - start >= 2)
                    {
                        toSkip = 2 + buffer[start + 1]; // a short command, which comes in one piece
                        hasReady = true;
                    }
                    else if (toSkip == 0 && !hasReady)
                    {
                        break;
                    }
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client has gone, or was dropped.
        }
        finally
        {
            lock (_lock)
            {
                _clients.Remove(client);
            }

            client.Dispose();
        }
    }
}
