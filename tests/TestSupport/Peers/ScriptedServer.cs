using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TestSupport.Peers;

/// <summary>
/// A server on the loopback that plays a script on each connection, on a thread of its own and with blocking calls, so that the
/// pool under test stays free. A script ends with its method, which closes the connection. One that threw fails the test: the disposal throws.
/// </summary>
internal sealed class ScriptedServer : IDisposable
{
    private static readonly TimeSpan EndOfScripts = TimeSpan.FromSeconds(1);

    private readonly Socket _listener;
    private readonly Action<ScriptedPeer> _script;
    private readonly List<Socket> _sockets = [];
    private readonly List<Exception> _failures = [];
    private readonly IPAddress _address;
    private int _accepted;
    private int _playing;
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
            WaitForScripts();
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
                _playing++;
            }

            var number = Interlocked.Increment(ref _accepted);
            socket.ReceiveTimeout = 120_000; // longer than any condition is waited for: a script that waits in vain fails its test and does not hang it
            Run(() => Play(new ScriptedPeer(socket, number)));
        }
    }

    // Their sockets are closed: what a script does now is to fail or to end. One that waits for the test itself is not waited for.
    private void WaitForScripts()
    {
        var start = Stopwatch.GetTimestamp();
        while (_playing > 0 && EndOfScripts - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } left)
        {
            Monitor.Wait(_sockets, left);
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
                _playing--;
                Monitor.PulseAll(_sockets);
            }

            peer.Socket.Dispose();
        }
    }
}
