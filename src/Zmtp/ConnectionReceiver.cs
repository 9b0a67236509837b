using System.Buffers;
using System.Net.Sockets;

namespace Zmtp;

/// <summary>
/// The reads of one socket, one at a time. A small buffer waits for the peer; a larger one is rented only
/// while the peer has more to say than fits.
/// </summary>
internal sealed class ConnectionReceiver : SocketAsyncEventArgs, IThreadPoolWorkItem
{
    private const int IdleSize = 256; // a heartbeat's answer fits, and ten thousand of them are 2.5 MB
    private const int BusySize = 32 * 1024;
    private const int MaxTurn = 256 * 1024;

    private readonly ZmtpConnection _connection;
    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private byte[] _idleBuffer = [];
    private byte[]? _busyBuffer;

    public ConnectionReceiver(ZmtpConnection connection, Socket socket, TimeProvider time)
        : base(true)
    {
        _connection = connection;
        _socket = socket;
        _time = time;
    }

    /// <summary>When the last read ended.</summary>
    public long Timestamp { get; private set; }

    /// <summary>Reads until the connection ends.</summary>
    public void ReceiveAll()
    {
        _idleBuffer = new byte[IdleSize];
        SetBuffer(_idleBuffer, 0, IdleSize);
        Receive();
    }

    /// <inheritdoc />
    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        var bytes = 0;
        if (Handle(ref bytes))
        {
            Receive();
        }
    }

    /// <inheritdoc />
    void IThreadPoolWorkItem.Execute() => Receive();

    private void Receive()
    {
        var bytes = 0;
        bool isPending;
        do
        {
            // A peer that always has more would keep this thread for ever: to the end of the queue, so that everybody gets a turn.
            if (bytes >= MaxTurn)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }

            try
            {
                isPending = _socket.ReceiveAsync(this);
            }
            catch (ObjectDisposedException)
            {
                End();
                return;
            }
            catch (SocketException exception)
            {
                // A socket that is closed at this very moment may say this instead.
                _connection.OnReceiveFailed(exception.SocketErrorCode);
                End();
                return;
            }
        }
        while (!isPending && Handle(ref bytes));
    }

    private bool Handle(ref int bytes)
    {
        bytes += BytesTransferred;
        Timestamp = _time.GetTimestamp();
        if (SocketError != SocketError.Success)
        {
            _connection.OnReceiveFailed(SocketError);
            End();
            return false;
        }

        if (!_connection.OnReceived(MemoryBuffer.Span[..BytesTransferred], Timestamp))
        {
            End();
            return false;
        }

        Resize();
        return true;
    }

    private void Resize()
    {
        if (_busyBuffer is null && BytesTransferred == IdleSize)
        {
            _busyBuffer = ArrayPool<byte>.Shared.Rent(BusySize);
            SetBuffer(_busyBuffer, 0, BusySize);
        }
        else if (_busyBuffer is not null && BytesTransferred < IdleSize)
        {
            SetBuffer(_idleBuffer, 0, IdleSize);
            ReturnBusyBuffer();
        }
    }

    private void End()
    {
        ReturnBusyBuffer();
        _connection.OnReceiverEnded();
        Dispose();
    }

    private void ReturnBusyBuffer()
    {
        if (_busyBuffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_busyBuffer);
            _busyBuffer = null;
        }
    }
}
