using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>A ROUTER that answers whatever it is sent with a message of nearly a mebibyte, which takes a moment to come.</summary>
internal sealed class LargeReplies : IAsyncDisposable
{
    private const int Size = 900_000;
    private const int Rest = 100;

    // RFC 23 and RFC 37: greeting, READY; an empty frame with MORE, and a long frame.
    private static readonly byte[] Opening =
    [
        0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 1, .. "NULL"u8, .. new byte[48],
        4, 28, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 6, .. "ROUTER"u8,
    ];

    private static readonly byte[] Reply = [1, 0, 2, 0, 0, 0, 0, 0, Size >> 16, (Size >> 8) & 0xFF, Size & 0xFF, .. new byte[Size]];

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;

    public LargeReplies()
    {
        _listener.Start(backlog: 1024);
        _accepting = AcceptAsync();
    }

    /// <summary>The endpoint as a configuration names it.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var socket = client;
        try
        {
            var buffer = new byte[4096];
            await socket.SendAsync(Opening, _stop.Token);
            while (await socket.ReceiveAsync(buffer, _stop.Token) > 0)
            {
                await socket.SendAsync(Reply.AsMemory(0, Reply.Length - Rest), _stop.Token);
                await Task.Delay(Moment, TimeProvider.System, _stop.Token);
                await socket.SendAsync(Reply.AsMemory(Reply.Length - Rest), _stop.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client left, or the test is over.
        }
    }
}
