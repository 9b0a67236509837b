using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>A TCP server that is no ZeroMQ server, or a bad one.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _sockets = [];
    private readonly Socket _listener;
    private Task _accepting = Task.CompletedTask;

    private RawPeer(int backlog)
    {
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(backlog);
    }

    /// <summary>The TCP port on 127.0.0.1.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>The endpoint as a configuration names it.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{Port}");

    /// <summary>Accepts and never says a word.</summary>
    public static RawPeer Silent() => Start((_, _) => Task.CompletedTask);

    /// <summary>Greets as an SSH server does.</summary>
    public static RawPeer Ssh() => Start(async (socket, stop) =>
        await socket.SendAsync("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"u8.ToArray(), stop));

    /// <summary>Accepts and closes, as a proxy does whose server is down.</summary>
    public static RawPeer HangsUp() => Start((socket, _) =>
    {
        socket.Close();
        return Task.CompletedTask;
    });

    /// <summary>Accepts and resets at once.</summary>
    public static RawPeer Resets() => Start((socket, _) =>
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
        return Task.CompletedTask;
    });

    /// <summary>Sends the first half of a ZMTP greeting, then resets the connection.</summary>
    public static RawPeer ResetDuringGreeting() => Start(async (socket, stop) =>
    {
        await socket.SendAsync(new byte[] { 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F }, stop); // signature, RFC 23
        await socket.ReceiveAsync(new byte[1], stop);
        socket.LingerState = new LingerOption(enable: true, seconds: 0); // a close that is a reset
        socket.Close();
    });

    /// <summary>Never completes a connection: nobody accepts, and its backlog is full.</summary>
    public static async Task<RawPeer> BlackHoleAsync()
    {
        var peer = new RawPeer(backlog: 0);
        var patience = TimeSpan.FromMilliseconds(500); // loopback connects within microseconds, or not at all
        try
        {
            while (true)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                peer._sockets.Add(socket);
                await socket.ConnectAsync(peer._listener.LocalEndPoint!).WaitAsync(patience);
            }
        }
        catch (TimeoutException)
        {
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        _stop.Dispose();
    }

    private static RawPeer Start(Func<Socket, CancellationToken, Task> greet)
    {
        var peer = new RawPeer(backlog: 128);
        peer._accepting = peer.AcceptAsync(greet);
        return peer;
    }

    private async Task AcceptAsync(Func<Socket, CancellationToken, Task> greet)
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                _sockets.Add(socket);
                try
                {
                    await greet(socket, _stop.Token);
                }
                catch (SocketException)
                {
                    // The client left first: the next one is welcome.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
