using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.EndToEndTests.Quirks;

/// <summary>A way to a server on which everything that it says arrives late.</summary>
internal sealed class SlowLink : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _server;
    private readonly TimeSpan _delay;
    private readonly List<Task> _ways = [];
    private readonly Task _accepting;

    /// <summary>Opens it.</summary>
    /// <param name="serverPort">Where the server listens on 127.0.0.1.</param>
    /// <param name="delay">How late.</param>
    public SlowLink(int serverPort, TimeSpan delay)
    {
        (_server, _delay) = (new IPEndPoint(IPAddress.Loopback, serverPort), delay);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>The client's end of it.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_ways);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ways.Add(RelayAsync(await _listener.AcceptAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            (client.NoDelay, server.NoDelay) = (true, true);
            await server.ConnectAsync(_server, _stop.Token);
            await Task.WhenAll(PumpAsync(client, server, TimeSpan.Zero), PumpAsync(server, client, _delay));
        }
    }

    private async Task PumpAsync(Socket from, Socket to, TimeSpan delay)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer, _stop.Token)) > 0)
            {
                if (delay > TimeSpan.Zero)
                {
                    await Task.Delay(delay, TimeProvider.System, _stop.Token);
                }

                await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One of them has left.
        }
    }
}
