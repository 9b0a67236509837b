using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.Benchmarks;

/// <summary>Says one hostile thing to everybody who connects.</summary>
internal sealed class HostileServer : IDisposable
{
    private static readonly HashSet<int> Ports = []; // of all that there ever were

    private readonly TcpListener _listener;
    private readonly HostileInput _input;

    /// <summary>Starts it, on a port that none had before: what a server did is held against its address for a while.</summary>
    public HostileServer(HostileInput input)
    {
        _input = input;
        _listener = Listen();
        _ = AcceptAsync();
    }

    public string Endpoint => $"tcp://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Dispose() => _listener.Dispose();

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        if (Ports.Add(((IPEndPoint)listener.LocalEndpoint).Port))
        {
            return listener;
        }

        using (listener) // until there is another one: the system shall not offer this again
        {
            return Listen();
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = SpeakAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task SpeakAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(_input.First);
            while (_input.ForEver is not null)
            {
                await stream.WriteAsync(_input.ForEver);
            }

            while (await stream.ReadAsync(new byte[4096]) > 0)
            {
                // Whatever it says.
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The client has gone, dead or alive.
        }
    }
}
