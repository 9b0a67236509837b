using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// Wakes a thread that selects: a UDP socket connected to itself, because a selector takes sockets and nothing else. While the thread has
/// nothing to select on, it waits on a monitor instead, which costs a tenth. Signals that nobody has taken yet are one signal.
/// <see cref="Raise"/> is thread-safe, the rest belongs to the thread.
/// </summary>
internal sealed class WorkerSignal : IDisposable
{
    private static readonly byte[] Nothing = [0];

#pragma warning disable MA0158, IDE0330 // A Lock cannot be waited on.
    private readonly object _gate = new();
#pragma warning restore MA0158, IDE0330
    private readonly byte[] _buffer = new byte[1];
    private bool _isRaised;
    private bool _isInSocket;
    private bool _isIdle;

    /// <summary>Opens the socket.</summary>
    /// <exception cref="SocketException">There is no loopback, or no descriptor left.</exception>
    public WorkerSignal()
    {
        Socket = new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            Socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Socket.Connect(Socket.LocalEndPoint!); // and from now on takes nothing from anybody else
        }
        catch
        {
            Socket.Dispose();
            throw;
        }
    }

    /// <summary>Is readable while a signal is there that was raised outside <see cref="Wait"/>.</summary>
    public Socket Socket { get; }

    /// <summary>Wakes the thread. Does nothing after disposal.</summary>
    public void Raise()
    {
        lock (_gate)
        {
            if (_isRaised)
            {
                return;
            }

            _isRaised = true;
            if (_isIdle)
            {
                Monitor.Pulse(_gate);
                return;
            }

            try
            {
                Socket.Send(Nothing);
                _isInSocket = true;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The thread looks by itself now and then: a signal that is lost costs a moment.
                _isRaised = false;
            }
        }
    }

    /// <summary>Waits for the signal and takes it.</summary>
    /// <param name="milliseconds">At most this long.</param>
    public void Wait(int milliseconds)
    {
        lock (_gate)
        {
            if (!_isRaised)
            {
                _isIdle = true;
                Monitor.Wait(_gate, milliseconds);
                _isIdle = false;
            }

            Take();
        }
    }

    /// <summary>Takes the signal. What is looked at after this is up to date.</summary>
    public void Take()
    {
        lock (_gate)
        {
            if (_isInSocket)
            {
                try
                {
                    Socket.Receive(_buffer); // there is one at most
                }
                catch (SocketException)
                {
                    // Nothing was there after all.
                }
            }

            _isInSocket = false;
            _isRaised = false;
        }
    }

    /// <inheritdoc />
    public void Dispose() => Socket.Dispose();
}
