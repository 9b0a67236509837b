using System.Buffers;
using System.Net.Sockets;

namespace Zmtp;

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

    // Above so many turns in a window a connection is one of those that send very much, even if each turn finds little.
    private const int MaxTurns = 16;
    private const int WindowsPerSecond = 100;

    // Who reads holds this, and calls the connection and its handler under it. It is taken on pool threads by callers that hold no
    // other lock, and never on the timer's thread: a handler may take its own locks.
    private readonly Lock _turn = new();

    private readonly ZmtpConnection _connection;
    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private readonly bool _hasStamps;
    private readonly BulkLane _lane;
    private ArrivalClock _clock;
    private long _total;
    private long _windowStart;
    private int _turns; // in this window
    private bool _isBusy; // the last turn needed the large buffer
    private bool _ended;

    /// <summary>Makes one that does not read yet.</summary>
    /// <param name="connection">Gets what comes.</param>
    /// <param name="socket">A non-blocking socket.</param>
    /// <param name="hasStamps">Whether <see cref="KernelReceive.TryEnable"/> was successful on it.</param>
    /// <param name="connectStartedAt">A timestamp before which nothing can have come.</param>
    /// <param name="time">Clock of all timestamps.</param>
    /// <param name="lane">Where to be read when the peer has very much to say.</param>
    public ConnectionReceiver(ZmtpConnection connection, Socket socket, bool hasStamps, long connectStartedAt, TimeProvider time, BulkLane lane)
        : base(true)
    {
        _lane = lane;
        _connection = connection;
        _socket = socket;
        _time = time;
        _hasStamps = hasStamps;
        _clock = new ArrivalClock(time);
        EmptyAt = connectStartedAt;
    }

    private enum Progress
    {
        /// <summary>The socket is empty now.</summary>
        Empty,

        /// <summary>It was emptied by this read.</summary>
        Emptied,

        /// <summary>There may be more in it.</summary>
        More,

        /// <summary>The connection is over.</summary>
        Over,
    }

    /// <summary>When the last byte of this read came. For the connection, during its calls.</summary>
    public Arrival LastByte { get; private set; }

    /// <summary>When the socket was last found empty before this read. For the connection, during its calls.</summary>
    public long EmptyAt { get; private set; }

    /// <summary>When this read ended. For the connection, during its calls.</summary>
    public long ReadAt { get; private set; }

    /// <summary>Reads until the connection ends.</summary>
    public void ReceiveAll()
    {
        SetBuffer(Memory<byte>.Empty);
        WaitAndRead();
    }

    /// <summary>Reads what is in the socket now, at least up to what came after a moment. Waits for its turn; for a pool thread.</summary>
    /// <param name="until">What came after this timestamp need not be read.</param>
    /// <param name="last">Below 0 at first; then what the call before it left there.</param>
    /// <returns>False when that was not all: so that everybody gets a turn, go to the end of the pool's queue and call again.</returns>
    public bool CatchUp(long until, ref long last)
    {
        lock (_turn)
        {
            if (_ended || (last < 0 && !TryCount(out last)))
            {
                return true;
            }

            // An end of the stream may lie behind the bytes: only a read that finds nothing has seen all. But a peer that always has
            // more must not keep us: what was in the socket at the start is enough.
            var end = _total + MaxTurn;
            while (_total < end)
            {
                if (ReadOnce() is Progress.Empty or Progress.Over || LastByte.Earliest > until || _total > last)
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
                _connection.OnOutOfMemory(); // on a thread of the network it would end the process
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
    private bool IsHeavy()
    {
        var now = _time.GetTimestamp();
        if (now - _windowStart >= _time.TimestampFrequency / WindowsPerSecond)
        {
            _windowStart = now;
            _turns = 0;
        }

        return ++_turns > MaxTurns;
    }

    /// <returns>Whether to wait for more.</returns>
    private bool TakeTurn()
    {
        if (SocketError != SocketError.Success)
        {
            End(SocketError);
            return false;
        }

        Progress progress;
        lock (_turn)
        {
            var end = _total + MaxTurn;
            do
            {
                progress = ReadOnce();
            }
            while (progress == Progress.More && _total < end);
        }

        switch (progress)
        {
            case Progress.More:
                // A peer that always has more would keep this thread forever.
                _lane.Queue(this);
                return false;
            case Progress.Over:
                End(error: null);
                return false;
            default:
                return true;
        }
    }

    // Needs the turn, as everything below.
    private Progress ReadOnce()
    {
        try
        {
            return ReadAny();
        }
        catch (OutOfMemoryException)
        {
            // On a thread of the network it would end the process. What this connection holds is enough for others to go on.
            _connection.OnOutOfMemory();
            return Progress.Over;
        }
    }

    private Progress ReadAny()
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

    private Progress ReadInto(Span<byte> buffer)
    {
        var calledAt = _time.GetTimestamp();
        int count;
        long stamp = 0;
        SocketError error;
        try
        {
            count = _hasStamps
                ? KernelReceive.Receive(_socket, buffer, out stamp, out error)
                : _socket.Receive(buffer, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException)
        {
            return Progress.Over;
        }

        if (error == SocketError.WouldBlock)
        {
            EmptyAt = calledAt;
            return Progress.Empty;
        }

        var arrival = _clock.Convert(stamp, EmptyAt, calledAt, out var readAt);
        ReadAt = readAt;
        if (error != SocketError.Success)
        {
            _connection.OnReceiveFailed(error);
            return Progress.Over;
        }

        // The kernel joins packets that wait and keeps the time of the last one: a full buffer may end before that one's bytes.
        var isFull = count == buffer.Length;
        LastByte = isFull ? new Arrival(EmptyAt, arrival.Latest) : arrival;
        _total += count;
        _isBusy = isFull || (_isBusy && count >= SmallSize);
        if (!_connection.OnReceived(buffer[..count]))
        {
            return Progress.Over;
        }

        if (isFull)
        {
            return Progress.More;
        }

        EmptyAt = calledAt;
        return Progress.Emptied;
    }

    private bool TryCount(out long last)
    {
        try
        {
            last = _total + _socket.Available;
            return true;
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            last = 0;
            return false; // closed: there is nothing to catch up with
        }
    }

    private void End(SocketError? error)
    {
        lock (_turn)
        {
            if (error is { } reason)
            {
                ReadAt = _time.GetTimestamp();
                _connection.OnReceiveFailed(reason);
            }

            _ended = true;
            _connection.OnReceiverEnded();
        }

        Dispose();
    }
}
