using System.Net.Sockets;
using Zmtp.Limits;
using Zmtp.Timing;
using Zmtp.Wire;

namespace Zmtp.Sockets;

/// <summary>
/// The reads of one socket, one at a time. It holds no buffer while it waits, reads until the socket is empty, and says when the bytes
/// came. Thread-safe.
/// </summary>
internal sealed partial class ConnectionReceiver : IWatchedSocket, IThreadPoolWorkItem
{
    // Who reads holds this, and calls the connection and its handler under it. It is taken by callers that hold no other lock, and never on
    // the timer's thread: a handler may take its own locks. Nobody waits for it on the thread that watches all sockets.
    private readonly Lock _turn = new();

    private readonly IReceiverOwner _owner;
    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private readonly BulkLane _lane;

    // A read of a Unix socket ends at a packet that carries descriptors. (One of TCP ends at urgent data: what follows is read when more comes.)
    private readonly bool _mayStopShort;
    private SocketReader _reader;
    private TurnCounter _turns;
    private Watching _watching;
    private PooledWait? _pooled; // where nobody watches
    private long _total;
    private ReadState _state; // not read-only
    private bool _readsToEnd = true; // less than was asked for may have the end behind it
    private bool _isBusy; // the last turn needed the large buffer
    private bool _isQuickTurn;
    private SocketError _failed; // what a quick turn has found, which the kernel tells once

    /// <summary>Makes one that does not read yet.</summary>
    /// <param name="owner">Gets what comes.</param>
    /// <param name="socket">A non-blocking socket.</param>
    /// <param name="connectStartedAt">A moment before which nothing can have come.</param>
    /// <param name="time">Clock of all timestamps.</param>
    /// <param name="lane">Where to be read when the peer has very much to say.</param>
    public ConnectionReceiver(IReceiverOwner owner, Socket socket, Timestamp connectStartedAt, TimeProvider time, BulkLane lane)
    {
        _owner = owner;
        _socket = socket;
        _time = time;
        _lane = lane;
        _mayStopShort = socket.AddressFamily == AddressFamily.Unix;
        _reader = new SocketReader(socket, connectStartedAt, time);
    }

    /// <summary>When the last byte of this read came. For the connection, during its calls.</summary>
    public Arrival LastByte => _reader.LastByte;

    /// <summary>When the socket was last found empty before this read. For the connection, during its calls.</summary>
    public Timestamp EmptyAt => _reader.EmptyAt;

    /// <summary>When this read ended. For the connection, during its calls.</summary>
    public Timestamp ReadAt => _reader.ReadAt;

    /// <summary>Reads until the connection ends. Once.</summary>
    /// <param name="watch">Watches the socket; null has .NET do it.</param>
    public void ReceiveAll(SocketWatch? watch)
    {
        _state.Begin();
        try
        {
            _watching = watch?.TryAdd(_socket, this, isConnecting: false) ?? default;
        }
        catch (ObjectDisposedException)
        {
            // The first read finds that out.
        }
        catch (OutOfMemoryException)
        {
            GiveUp();
            return;
        }

        Go();
    }

    /// <summary>The same, for a socket that is watched already: from now on this is notified.</summary>
    public void ReceiveAll(Watching watching)
    {
        _state.Begin();
        _watching = watching;
        watching.SetOwner(this);
        Go();
    }

    /// <summary>The socket was closed.</summary>
    public void Stop()
    {
        if (!_state.TryStart())
        {
            return;
        }

        try
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        catch (OutOfMemoryException)
        {
            End();
        }
    }

    /// <summary>Reads what is in the socket now, at least up to what came after a moment. Waits for its turn; for a pool thread.</summary>
    /// <param name="until">What came after this need not be read.</param>
    /// <param name="last">Below 0 at first; then what the call before it left there.</param>
    /// <returns>False when that was not all: so that everybody gets a turn, go to the end of the pool's queue and call again.</returns>
    public bool CatchUp(Timestamp until, ref long last)
    {
        lock (_turn)
        {
            if (_state.HasEnded)
            {
                return true;
            }

            if (last < 0)
            {
                if (!_reader.TryCount(out var count))
                {
                    return true; // closed: there is nothing to catch up with
                }

                last = _total + count;
            }

            // An end of the stream may lie behind the bytes: only a read that finds nothing has seen all. But a peer that always has
            // more must not keep us: what was in the socket at the start is enough.
            var end = _total + MaxTurn;
            while (_total < end)
            {
                if (ReadOnce() is ReadProgress.Empty or ReadProgress.Over || LastByte.Earliest > until || _total > last)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <inheritdoc />
    void IWatchedSocket.OnReady(bool isEnding)
    {
        if (isEnding)
        {
            Volatile.Write(ref _readsToEnd, true); // first: who reads now looks at this before the next turn
        }

        if (!_state.TryStart())
        {
            return;
        }

        try
        {
            Take(isEnding);
        }
        catch (OutOfMemoryException)
        {
            GiveUp();
        }
    }

    /// <inheritdoc />
    void IThreadPoolWorkItem.Execute() => Run();

    private void Go()
    {
        try
        {
            _pooled = _watching.Watch is null ? new PooledWait(this, _socket) : null;
        }
        catch (OutOfMemoryException)
        {
            GiveUp();
            return;
        }

        Run(); // what the owner before was notified of is here still
    }
}
