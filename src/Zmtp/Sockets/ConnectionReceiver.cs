using System.Buffers;
using System.Net.Sockets;
using Zmtp.Limits;
using Zmtp.Timing;
using Zmtp.Wire;

namespace Zmtp.Sockets;

/// <summary>
/// The reads of one socket, one at a time. It waits for bytes without a buffer, reads until the socket is empty, and says when the
/// bytes came. Thread-safe.
/// </summary>
internal sealed class ConnectionReceiver : SocketAsyncEventArgs, IThreadPoolWorkItem
{
    private const int SmallSize = 512; // on the stack: most answers fit
    private const int LargeSize = 32 * 1024; // rented while the peer has more to say

    // In the smallest of messages, some 2 ms of work.
    private const int MaxTurn = 64 * 1024;

    // Who reads holds this, and calls the connection and its handler under it. It is taken on pool threads by callers that hold no
    // other lock, and never on the timer's thread: a handler may take its own locks.
    private readonly Lock _turn = new();

    private readonly IReceiverOwner _owner;
    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private readonly BulkLane _lane;
    private SocketReader _reader;
    private TurnCounter _turns;
    private long _total;
    private bool _isBusy; // the last turn needed the large buffer
    private bool _ended;

    /// <summary>Makes one that does not read yet.</summary>
    /// <param name="owner">Gets what comes.</param>
    /// <param name="socket">A non-blocking socket.</param>
    /// <param name="hasStamps">Whether <see cref="KernelReceive.TryEnable"/> was successful on it.</param>
    /// <param name="connectStartedAt">A moment before which nothing can have come.</param>
    /// <param name="time">Clock of all timestamps.</param>
    /// <param name="lane">Where to be read when the peer has very much to say.</param>
    public ConnectionReceiver(IReceiverOwner owner, Socket socket, bool hasStamps, Timestamp connectStartedAt, TimeProvider time, BulkLane lane)
        : base(true)
    {
        _owner = owner;
        _socket = socket;
        _time = time;
        _lane = lane;
        _reader = new SocketReader(socket, hasStamps, connectStartedAt, time);
    }

    /// <summary>When the last byte of this read came. For the connection, during its calls.</summary>
    public Arrival LastByte => _reader.LastByte;

    /// <summary>When the socket was last found empty before this read. For the connection, during its calls.</summary>
    public Timestamp EmptyAt => _reader.EmptyAt;

    /// <summary>When this read ended. For the connection, during its calls.</summary>
    public Timestamp ReadAt => _reader.ReadAt;

    /// <summary>Reads until the connection ends.</summary>
    public void ReceiveAll()
    {
        SetBuffer(Memory<byte>.Empty);
        WaitAndRead();
    }

    /// <summary>Reads what is in the socket now, at least up to what came after a moment. Waits for its turn; for a pool thread.</summary>
    /// <param name="until">What came after this need not be read.</param>
    /// <param name="last">Below 0 at first; then what the call before it left there.</param>
    /// <returns>False when that was not all: so that everybody gets a turn, go to the end of the pool's queue and call again.</returns>
    public bool CatchUp(Timestamp until, ref long last)
    {
        lock (_turn)
        {
            if (_ended)
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
    protected override void OnCompleted(SocketAsyncEventArgs e) => Continue();

    /// <inheritdoc />
    void IThreadPoolWorkItem.Execute()
    {
        if (TakeTurn())
        {
            WaitAndRead();
        }
    }

    private void Continue()
    {
        if (IsHeavy())
        {
            _lane.Queue(this);
        }
        else if (TakeTurn())
        {
            WaitAndRead();
        }
    }

    private void WaitAndRead()
    {
        while (true)
        {
            bool isPending;
            try
            {
                // Of no bytes: that ends when there are some and leaves them where they are.
                isPending = _socket.ReceiveAsync(this);
            }
            catch (ObjectDisposedException)
            {
                End(error: null);
                return;
            }
            catch (SocketException exception)
            {
                // A socket that is closed at this very moment may say this instead.
                End(exception.SocketErrorCode);
                return;
            }
            catch (OutOfMemoryException)
            {
                _owner.OnOutOfMemory(); // on a thread of the network it would end the process
                End(error: null);
                return;
            }

            if (isPending)
            {
                return;
            }

            if (IsHeavy())
            {
                _lane.Queue(this);
                return;
            }

            if (!TakeTurn())
            {
                return;
            }
        }
    }

    // One caller at a time: who has the socket's event, or its turn.
    private bool IsHeavy() => _turns.IsOneTooMany(Timestamp.Now(_time));

    /// <returns>Whether to wait for more.</returns>
    private bool TakeTurn()
    {
        if (SocketError != SocketError.Success)
        {
            End(SocketError);
            return false;
        }

        ReadProgress progress;
        lock (_turn)
        {
            var end = _total + MaxTurn;
            do
            {
                progress = ReadOnce();
            }
            while (progress == ReadProgress.More && _total < end);
        }

        switch (progress)
        {
            case ReadProgress.More:
                // A peer that always has more would keep this thread forever.
                _lane.Queue(this);
                return false;
            case ReadProgress.Over:
                End(error: null);
                return false;
            default:
                return true;
        }
    }

    // Needs the turn, as everything below.
    private ReadProgress ReadOnce()
    {
        try
        {
            return ReadAny();
        }
        catch (OutOfMemoryException)
        {
            // On a thread of the network it would end the process. What this connection holds is enough for others to go on.
            _owner.OnOutOfMemory();
            return ReadProgress.Over;
        }
    }

    private ReadProgress ReadAny()
    {
        if (!_isBusy)
        {
            Span<byte> small = stackalloc byte[SmallSize];
            return ReadInto(small);
        }

        var large = ArrayPool<byte>.Shared.Rent(LargeSize);
        var progress = ReadInto(large);
        ArrayPool<byte>.Shared.Return(large);
        return progress;
    }

    private ReadProgress ReadInto(Span<byte> buffer)
    {
        int count;
        SocketError error;
        try
        {
            count = _reader.Read(buffer, out error);
        }
        catch (ObjectDisposedException)
        {
            return ReadProgress.Over;
        }

        if (error == SocketError.WouldBlock)
        {
            return ReadProgress.Empty;
        }

        if (error != SocketError.Success)
        {
            _owner.OnReceiveFailed(error);
            return ReadProgress.Over;
        }

        var isFull = count == buffer.Length;
        _total += count;
        _isBusy = isFull || (_isBusy && count >= SmallSize);
        if (!_owner.OnReceived(buffer[..count]))
        {
            return ReadProgress.Over;
        }

        if (isFull)
        {
            return ReadProgress.More;
        }

        _reader.Emptied();
        return ReadProgress.Emptied;
    }

    private void End(SocketError? error)
    {
        lock (_turn)
        {
            if (error is { } reason)
            {
                _reader.EndsNow();
                _owner.OnReceiveFailed(reason);
            }

            _ended = true;
            _owner.OnReceiverEnded();
        }

        Dispose();
    }
}
