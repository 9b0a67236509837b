using System.Net.Sockets;

namespace Zmtp.Sockets;

/// <summary>
/// Writes to a non-blocking socket: one system call and no allocation when the kernel takes it all, a bounded backlog when a
/// peer does not read. Thread-safe: the bytes of one call are never torn apart.
/// </summary>
/// <remarks>Errors are not reported: a broken connection shows on its receiving side too, when all that came before it was read.</remarks>
/// <param name="socket">A non-blocking socket.</param>
/// <param name="maxBacklog">How many bytes may wait for a peer that does not read.</param>
internal sealed class ConnectionSender(Socket socket, int maxBacklog = ConnectionSender.UsualBacklog)
{
    private const int UsualBacklog = 2 << 20;

    private readonly Lock _lock = new();
    private Flusher? _flusher;
    private bool _closed;
    private bool _hasShutDown;

    /// <summary>Whether sending found that the peer has reset the connection: the receiving side then only sees its end.</summary>
    public bool WasReset { get; private set; }

    /// <summary>Whether the peer's kernel has acknowledged everything; null where the system does not tell.</summary>
    public bool? IsAcknowledged
    {
        get
        {
            lock (_lock)
            {
                return _closed || !TcpInfo.TryRead(Socket, out var info) ? null
                    : _flusher is { Backlog: > 0 } ? false
                    : info.IsAcknowledged;
            }
        }
    }

    private Socket Socket => socket;

    private int MaxBacklog => maxBacklog;

    /// <summary>Sends or queues bytes.</summary>
    /// <returns>False when the backlog is full.</returns>
    public bool Send(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return true;
            }

            if (_flusher is null or { Backlog: 0 })
            {
                var sent = KernelSocket.Send(Socket, bytes, out var error);
                WasReset |= error == SocketError.ConnectionReset;
                if (error != SocketError.WouldBlock && (error != SocketError.Success || sent == bytes.Length))
                {
                    return true;
                }

                bytes = bytes[(error == SocketError.Success ? sent : 0)..];
            }

            _flusher ??= new Flusher(this);
            return _flusher.TryAdd(bytes);
        }
    }

    /// <summary>Ends our side of the stream, so that a peer that waits for its end speaks up.</summary>
    public void HalfClose()
    {
        lock (_lock)
        {
            if (!_closed)
            {
                ShutDown();
            }
        }
    }

    /// <summary>Stops sending and closes the socket.</summary>
    /// <param name="ending">How.</param>
    /// <returns>Whether we ended the stream first, as far as we know, so that the local port stays in use for a while.</returns>
    public bool Close(Ending ending)
    {
        lock (_lock)
        {
            var keepsPort = false;
            _closed = true;
            if (ending == Ending.Orderly && _flusher is null or { Backlog: 0 })
            {
                // .NET turns the close of a socket with a pending read into a reset, which servers log as an error and which may
                // overtake what was sent last. After an orderly end of the stream it does not.
                ShutDown();
                Socket.Dispose();
                keepsPort = true;
            }
            else if (ending == Ending.PeerIsGone)
            {
                keepsPort = _hasShutDown;
                Socket.Dispose();
            }
            else
            {
                // A peer that does not read gets the reset, too: the kernel would keep our backlog for it.
                Socket.Close(0);
            }

            _flusher?.Dispose();
            return keepsPort;
        }
    }

    private void ShutDown()
    {
        _hasShutDown = true;
        try
        {
            Socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Gone already; the receiving side tells.
        }
    }

    /// <summary>The backlog and the asynchronous send that empties it; made for the first send that blocks.</summary>
    private sealed class Flusher : SocketAsyncEventArgs
    {
        private const int InitialSize = 4096;

        // A send ends when all of it is out, and only then is it off the backlog: one large send would count what a slow peer
        // has long read, and end in the verdict that it does not read.
        private const int MaxSend = 64 * 1024;

        private readonly ConnectionSender _owner;
        private byte[] _bytes = new byte[InitialSize];
        private int _start;

        public Flusher(ConnectionSender owner)
            : base(true) => _owner = owner;

        public int Backlog { get; private set; }

        public bool TryAdd(ReadOnlySpan<byte> bytes)
        {
            if (Backlog + bytes.Length > _owner.MaxBacklog)
            {
                return false;
            }

            var isIdle = Backlog == 0;
            if (_start + Backlog + bytes.Length > _bytes.Length)
            {
                // The old block may be in the kernel's hands: it stays untouched until its send has ended.
                var larger = new byte[2 * (Backlog + bytes.Length)];
                _bytes.AsSpan(_start, Backlog).CopyTo(larger);
                _bytes = larger;
                _start = 0;
            }

            bytes.CopyTo(_bytes.AsSpan(_start + Backlog));
            Backlog += bytes.Length;
            if (isIdle)
            {
                FlushNeedsLock();
            }

            return true;
        }

        protected override void OnCompleted(SocketAsyncEventArgs e)
        {
            lock (_owner._lock)
            {
                if (CompleteNeedsLock())
                {
                    FlushNeedsLock();
                }
            }
        }

        private void FlushNeedsLock()
        {
            do
            {
                SetBuffer(_bytes, _start, Math.Min(Backlog, MaxSend));
                if (_owner.Socket.SendAsync(this))
                {
                    return;
                }
            }
            while (CompleteNeedsLock());
        }

        private bool CompleteNeedsLock()
        {
            if (_owner._closed || SocketError != SocketError.Success)
            {
                Backlog = 0;
                return false;
            }

            _start += BytesTransferred;
            Backlog -= BytesTransferred;
            if (Backlog == 0)
            {
                _start = 0;
                _bytes = _bytes.Length > InitialSize ? new byte[InitialSize] : _bytes; // one hard time must not cost its memory forever
            }

            return Backlog > 0;
        }
    }
}
