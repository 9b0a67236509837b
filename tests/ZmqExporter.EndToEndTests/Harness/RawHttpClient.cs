using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>A client of the exporter's HTTP port that does what no good one does.</summary>
internal sealed class RawHttpClient : IDisposable
{
    private readonly Socket _socket;

    private RawHttpClient(Socket socket) => _socket = socket;

    /// <summary>Bytes received so far.</summary>
    public long Received { get; private set; }

    /// <summary>The first bytes received.</summary>
    public string Start { get; private set; } = "";

    /// <summary>Connects.</summary>
    /// <param name="server">The exporter.</param>
    /// <param name="from">The client's own address; on loopback every 127.x.y.z is one.</param>
    public static async Task<RawHttpClient> ConnectAsync(Uri server, string from = "127.0.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveBufferSize = 32 << 10, // little hides in the kernel
        };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, server.Port, TestContext.Current.CancellationToken);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            socket.Dispose(); // it was closed that soon
        }

        return new RawHttpClient(socket);
    }

    /// <summary>Asks for a page and takes nothing of it.</summary>
    public Task AskAsync(string path) =>
        SendAsync(string.Create(CultureInfo.InvariantCulture, $"GET {path} HTTP/1.1\r\nHost: exporter\r\nConnection: close\r\n\r\n"));

    /// <summary>Sends any text.</summary>
    public async Task SendAsync(string text) =>
        await _socket.SendAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);

    /// <summary>Takes a little.</summary>
    /// <returns>Whether there will be more.</returns>
    public async Task<bool> TakeAsync(int bytes)
    {
        var buffer = new byte[bytes];
        try
        {
            var count = await _socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            if (Received == 0)
            {
                Start = Encoding.ASCII.GetString(buffer, 0, Math.Min(count, 64));
            }

            Received += count;
            return count > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Waits until the server ends the connection; takes what comes before.</summary>
    public async Task EndAsync()
    {
        while (await TakeAsync(64 << 10).WaitAsync(Eventually.Deadline))
        {
        }
    }

    /// <summary>Whether the server has ended the connection and all that it sent was taken.</summary>
    public bool HasEnded()
    {
        try
        {
            return _socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    /// <summary>Whether the server has cut the connection off, however much is still to be taken. Sends it a byte.</summary>
    public async Task<bool> IsCutOffAsync()
    {
        try
        {
            await SendAsync("x");
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _socket.Dispose();
}
