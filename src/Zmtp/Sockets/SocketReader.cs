using System.Net.Sockets;
using Zmtp.Timing;

namespace Zmtp.Sockets;

/// <summary>Reads what is in a socket, and knows when it came. Not thread-safe; a field that is not read-only.</summary>
internal struct SocketReader
{
    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private ArrivalClock _clock;

    /// <param name="socket">A non-blocking socket.</param>
    /// <param name="connectStartedAt">A moment before which nothing can have come.</param>
    /// <param name="time">Clock of all timestamps.</param>
    public SocketReader(Socket socket, Timestamp connectStartedAt, TimeProvider time)
    {
        _socket = socket;
        _time = time;
        _clock = new ArrivalClock(time);
        EmptyAt = connectStartedAt;
    }

    /// <summary>When the last byte of this read came.</summary>
    public Arrival LastByte { get; private set; }

    /// <summary>When the socket was last found empty before this read.</summary>
    public Timestamp EmptyAt { get; private set; }

    /// <summary>When this read ended.</summary>
    public Timestamp ReadAt { get; private set; }

    /// <summary>When this read began.</summary>
    private Timestamp CalledAt { get; set; }

    /// <summary>Reads once.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="error"><see cref="SocketError.WouldBlock"/> when the socket is empty.</param>
    /// <returns>How many bytes; 0 at the end of the stream and on an error.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public int Read(Span<byte> buffer, out SocketError error)
    {
        CalledAt = Timestamp.Now(_time);
        long stamp = 0;
        var count = KernelSocket.IsUsed && _socket.AddressFamily != AddressFamily.Unix
            ? KernelReceive.Receive(_socket, buffer, out stamp, out error)
            : KernelSocket.Receive(_socket, buffer, out error);
        if (error == SocketError.WouldBlock)
        {
            EmptyAt = CalledAt;
            return 0;
        }

        var arrival = _clock.Convert(stamp, EmptyAt, CalledAt, out var readAt);
        ReadAt = readAt;

        if (error == SocketError.Success)
        {
            // The kernel joins packets that wait and keeps the time of the last one: a full buffer may end before that one's bytes.
            LastByte = count == buffer.Length ? new Arrival(EmptyAt, arrival.Latest) : arrival;
        }

        return count;
    }

    /// <summary>Counts what is there now.</summary>
    /// <returns>False when the socket is closed.</returns>
    public readonly bool TryCount(out int count)
    {
        try
        {
            count = _socket.Available;
            return true;
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            count = 0;
            return false;
        }
    }

    /// <summary>What was read was all that there was when the read began.</summary>
    public void Emptied() => EmptyAt = CalledAt;
}
