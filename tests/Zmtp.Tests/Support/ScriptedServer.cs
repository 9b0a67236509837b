using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Zmtp.Tests.Support;

/// <summary>
/// A server on the loopback that plays a script on each connection, on a thread of its own and with blocking calls, so that the
/// pool under test stays free. A script ends with its method, which closes the connection. One that threw fails the test: the disposal throws.
/// </summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly Socket _listener;
    private readonly Action<ScriptedPeer> _script;
    private readonly List<Socket> _sockets = [];
    private readonly List<Exception> _failures = [];
    private readonly IPAddress _address;
    private int _accepted;
    private bool _disposed;

    public ScriptedServer(Action<ScriptedPeer> script)
        : this(script, new IPEndPoint(IPAddress.Loopback, 0))
    {
    }

    public ScriptedServer(Action<ScriptedPeer> script, EndPoint address)
    {
        _script = script;
        var protocol = address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
        _listener = new Socket(address.AddressFamily, System.Net.Sockets.SocketType.Stream, protocol);
        _listener.Bind(address);
        _listener.Listen(1024);
        Port = _listener.LocalEndPoint is IPEndPoint ip ? ip.Port : 0;
        _address = (address as IPEndPoint)?.Address is { AddressFamily: AddressFamily.InterNetwork } own && !own.Equals(IPAddress.Any) ? own : IPAddress.Loopback;
        Run(Accept);
    }

    public int Port { get; }

    public ZmtpEndpoint Endpoint => Parse($"tcp://{_address}:{Port}");

    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>What scripts threw, other than socket errors: a client may go away at any time.</summary>
    public IReadOnlyList<Exception> Failures
    {
        get
        {
            lock (_sockets)
            {
                return [.. _failures];
            }
        }
    }

    public static ZmtpEndpoint Parse(string text) =>
        ZmtpEndpoint.TryParse(text, out var endpoint, out var error) ? endpoint : throw new ArgumentException(error, nameof(text));

    /// <summary>Accepts nobody any more; the connections that there are live on.</summary>
    public void StopListening() => _listener.Dispose();

    public void Dispose()
    {
        lock (_sockets)
        {
            _disposed = true;
            _listener.Dispose();
            _sockets.ForEach(socket => socket.Dispose());
            if (_failures.Count > 0)
            {
                throw new AggregateException("a script of the server failed", _failures);
            }
        }
    }

    private static void Run(Action action) => new Thread(() => action(), 256 * 1024) { IsBackground = true, Name = "scripted-server" }.Start();

    private void Accept()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = _listener.Accept();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }

            lock (_sockets)
            {
                if (_disposed)
                {
                    socket.Dispose();
                    return;
                }

                _sockets.Add(socket);
            }

            var number = Interlocked.Increment(ref _accepted);
            socket.ReceiveTimeout = 120_000; // longer than any condition is waited for: a script that waits in vain fails its test and does not hang it
            Run(() => Play(new ScriptedPeer(socket, number)));
        }
    }

    private void Play(ScriptedPeer peer)
    {
        try
        {
            if (peer.Socket.AddressFamily != AddressFamily.Unix)
            {
                peer.Socket.NoDelay = true;
            }
            _script(peer);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or EndOfStreamException)
        {
            // The client went away.
        }
#pragma warning disable CA1031 // A failed assertion of a script is for the test to look at.
        catch (Exception exception)
        {
            lock (_sockets)
            {
                _failures.Add(exception);
            }
        }
#pragma warning restore CA1031
        finally
        {
            lock (_sockets)
            {
                _sockets.Remove(peer.Socket);
            }

            peer.Socket.Dispose();
        }
    }
}

/// <summary>The server's end of one connection.</summary>
/// <param name="Socket">The socket.</param>
/// <param name="Number">Counts the connections from 1.</param>
internal sealed record ScriptedPeer(Socket Socket, int Number)
{
    public void Send(params ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[Socket.Send(bytes)..];
        }
    }

    public byte[] Expect(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var read = Socket.Receive(bytes.AsSpan(at));
            at += read > 0 ? read : throw new EndOfStreamException();
        }

        return bytes;
    }

    /// <summary>Reads until the client ends its stream.</summary>
    /// <returns>False when it was reset instead.</returns>
    public bool ExpectEnd()
    {
        try
        {
            var bytes = new byte[4096];
            while (Socket.Receive(bytes) > 0)
            {
            }

            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public (byte Flags, byte[] Body) ExpectFrame()
    {
        var header = Expect(2);
        if ((header[0] & PeerBytes.Long) == 0)
        {
            return (header[0], Expect(header[1]));
        }

        var rest = Expect(7);
        return (header[0], Expect(BinaryPrimitives.ReadInt32BigEndian(rest.AsSpan(3))));
    }

    /// <summary>Reads one message; commands on the way go to the callback.</summary>
    public string[] ExpectMessage(Action<byte[]>? onCommand = null)
    {
        var frames = new List<string>();
        while (true)
        {
            var (flags, body) = ExpectFrame();
            if ((flags & PeerBytes.CommandFlag) != 0)
            {
                onCommand?.Invoke(body);
                continue;
            }

            frames.Add(Encoding.UTF8.GetString(body));
            if ((flags & PeerBytes.More) == 0)
            {
                return [.. frames];
            }
        }
    }

    /// <summary>A NULL handshake as libzmq does it.</summary>
    public void Handshake(string socketType, byte minor = 1)
    {
        var greeting = PeerBytes.Greeting(minor: minor);
        Send(greeting.AsSpan(0, 10));
        Expect(11);
        Send(greeting.AsSpan(10));
        Expect(53);
        Send(PeerBytes.Ready(socketType)); // first, as libzmq does
        var (flags, body) = ExpectFrame();
        Assert.Equal(PeerBytes.CommandFlag, flags);
        Assert.StartsWith("\u0005READY", Encoding.ASCII.GetString(body), StringComparison.Ordinal);
    }

    /// <summary>A greeting as libzmq 3.x gives it, and the identities that follow it. With a client that cannot, the script ends here.</summary>
    /// <param name="socketType">ZMTP 2.0's number (RFC 15): PUB is 1, REP 4, ROUTER 6.</param>
    public void HandshakeOfVersion2(byte socketType)
    {
        const byte Minor = 1; // of ZMTP 3.1, in the place of a client's socket type
        Send([0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F]);
        Expect(10);
        Send([1, socketType]); // the version's number is one less
        if (Expect(2)[1] == Minor)
        {
            ExpectEnd();
            throw new EndOfStreamException();
        }

        Send(PeerBytes.Frame(0, []));
        Assert.Equal(0, ExpectFrame().Flags);
    }

    /// <summary>Reads until the client ends its stream or resets it.</summary>
    public byte[] ReadToEnd()
    {
        var all = new List<byte>();
        var bytes = new byte[4096];
        try
        {
            for (int read; (read = Socket.Receive(bytes)) > 0;)
            {
                all.AddRange(bytes.AsSpan(0, read));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // What came before is what counts.
        }

        return [.. all];
    }

    public void SendMessage(params ReadOnlySpan<string> frames) => Send(PeerBytes.Message(frames));

    /// <summary>Answers every PING until a message comes, which is returned.</summary>
    public string[] ExpectMessageAndPong() => ExpectMessage(body => Send(PeerBytes.Command("PONG", body.AsSpan(7))));

    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }
}
