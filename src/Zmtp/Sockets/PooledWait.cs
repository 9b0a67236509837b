using System.Net;
using System.Net.Sockets;

namespace Zmtp.Sockets;

/// <summary>.NET's own way to wait for a socket, which notifies on a thread of the pool. Where there is no <see cref="SocketWatch"/>.</summary>
/// <param name="owner">Is notified, once for each wait.</param>
/// <param name="socket">A non-blocking socket.</param>
internal sealed class PooledWait(IWatchedSocket owner, Socket socket) : SocketAsyncEventArgs(true)
{
    /// <summary>Begins to connect.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="error">How it ended, if it has.</param>
    /// <returns>Whether the owner is notified later.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public bool Connect(EndPoint address, out SocketError error)
    {
        RemoteEndPoint = address;
        var isPending = socket.ConnectAsync(this);
        error = isPending ? SocketError.Success : SocketError;
        return isPending;
    }

    /// <summary>Waits for something to read, and leaves it there.</summary>
    /// <returns>False when there is something already, or the end.</returns>
    public bool WaitToRead()
    {
        try
        {
            SetBuffer(Memory<byte>.Empty);
            return socket.ReceiveAsync(this); // of no bytes
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            return false; // whoever reads will find out
        }
    }

    /// <inheritdoc />
    protected override void OnCompleted(SocketAsyncEventArgs e) => owner.OnReady(isEnding: SocketError != SocketError.Success);
}
