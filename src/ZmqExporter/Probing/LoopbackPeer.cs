using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// Enough of a REP server to probe ourselves, for <see cref="Warmup"/> and <see cref="Canary"/>: one connection at a time, a fixed greeting,
/// and then every byte comes back. That answers requests, and a PING too: the client answers the PING that it gets back, and gets its own
/// PONG back in turn.
/// </summary>
internal sealed class LoopbackPeer : IDisposable
{
    private const int GreetingLength = 64;
    private const int ReadyHeaderLength = 2;

    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(100);

    private static readonly byte[] Greeting = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 1, .. "NULL"u8, .. new byte[GreetingLength - 16]];
    private static readonly byte[] Ready = [4, 25, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 3, .. "REP"u8];

    private readonly Socket _listener = new(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);
    private readonly ManualResetEventSlim _isDisposed = new();
    private readonly Func<Socket, Socket> _accept;

    /// <summary>Starts it.</summary>
    /// <param name="accept">Takes the next connection from a listener; for tests.</param>
    /// <exception cref="SocketException">There is no loopback.</exception>
    public LoopbackPeer(Func<Socket, Socket>? accept = null)
    {
        _accept = accept ?? (static listener => listener.Accept());
        try
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen();
        }
        catch
        {
            _listener.Dispose();
            throw;
        }

        // A thread, because blocking calls are the simplest server.
        new Thread(Serve, maxStackSize: 128 * 1024) { IsBackground = true, Name = "loopback peer" }.Start();
    }

    /// <summary>A request whose reply it is.</summary>
    public static RequestProberConfig Echo { get; } = new(
        Zmtp.SocketType.Req,
        Persistent: true,
        [new RequestStepConfig([new FrameConfig("{token}", [])], [ExpectConfig.EqualsText(0, "{token}")])]);

    /// <summary>A target that it is.</summary>
    public TargetConfig Target(string name, ProberConfig prober, MessagingClient client)
    {
        var port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        if (!ZmtpEndpoint.TryParse(string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{port}"), out var endpoint, out var error))
        {
            throw new InvalidOperationException(error);
        }

        var timeout = TimeSpan.FromSeconds(1);
        var module = new ModuleConfig(name, timeout, timeout, client, new PolicyConfig(), new SecurityConfig.Null(), prober)
        {
            MaxConnectionAge = TimeSpan.Zero, // a second connection would wait for the end of the first one
        };
        return new TargetConfig(name, endpoint, module, ImmutableSortedDictionary<string, string>.Empty);
    }

    /// <summary>Has its listening socket keep the kernel noting when bytes come: for one that is there as long as the exporter.</summary>
    public void KeepArrivalsNoted() => ZmtpConnection.KeepArrivalsNoted(_listener);

    /// <inheritdoc />
    public void Dispose()
    {
        _isDisposed.Set(); // its thread may wait for it: it is left to the garbage collector
        _listener.Dispose();
    }

    private void Serve()
    {
        while (!_isDisposed.IsSet)
        {
            try
            {
                using var client = _accept(_listener);
                client.NoDelay = true;
                Converse(client);
            }
#pragma warning disable CA1031 // On a thread of its own anything else would end the process.
            catch (Exception)
            {
                // No descriptor is left at this moment, or the listener was closed: then this is the end.
                _isDisposed.Wait(PauseAfterError);
            }
#pragma warning restore CA1031
        }
    }

    private static void Converse(Socket client)
    {
        var buffer = new byte[1024];
        try
        {
            client.Send(Greeting);
            client.Send(Ready);
            if (!TryReceive(client, buffer.AsSpan(0, GreetingLength))
                || !TryReceive(client, buffer.AsSpan(0, ReadyHeaderLength))
                || !TryReceive(client, buffer.AsSpan(0, buffer[1])))
            {
                return;
            }

            int count;
            while ((count = client.Receive(buffer)) > 0)
            {
                client.Send(buffer.AsSpan(0, count));
            }
        }
        catch (SocketException)
        {
            // The client left.
        }
    }

    private static bool TryReceive(Socket client, Span<byte> all)
    {
        while (!all.IsEmpty)
        {
            var count = client.Receive(all);
            if (count == 0)
            {
                return false;
            }

            all = all[count..];
        }

        return true;
    }
}
