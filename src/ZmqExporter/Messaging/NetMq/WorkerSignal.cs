using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// Wakes a thread that selects: a UDP socket connected to itself, because a selector takes sockets and nothing else. Signals that
/// nobody has taken yet are one signal. <see cref="Raise"/> is thread-safe.
/// </summary>
internal sealed class WorkerSignal : IDisposable
{
    private static readonly byte[] Nothing = [0];

    private readonly byte[] _buffer = new byte[1];
    private int _raised;

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

    /// <summary>Is readable while a signal is there.</summary>
    public Socket Socket { get; }

    /// <summary>Wakes the thread. Does nothing after disposal.</summary>
    public void Raise()
    {
        if (Interlocked.Exchange(ref _raised, 1) != 0)
        {
            return;
        }

        try
        {
            Socket.Send(Nothing);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The thread looks by itself now and then: a signal that is lost costs a moment.
            Volatile.Write(ref _raised, 0);
        }
    }

    /// <summary>Takes the signal. What is looked at after this is up to date.</summary>
    public void Take()
    {
        try
        {
            Socket.Receive(_buffer); // there is one at most
        }
        catch (SocketException)
        {
            // Nothing was there after all.
        }

        Volatile.Write(ref _raised, 0);
    }

    /// <inheritdoc />
    public void Dispose() => Socket.Dispose();
}
