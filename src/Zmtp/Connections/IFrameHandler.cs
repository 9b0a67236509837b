using Zmtp.Timing;

namespace Zmtp.Connections;

/// <summary>
/// Takes messages frame by frame, as spans of the receive buffer: a stream of messages then costs no allocation, and a body that
/// nobody looks at is never held in memory. Nothing bounds a message's size then, and a peer may send as much as it likes: TCP slows it
/// down to what we take. Goes before <see cref="IMessageHandler"/> where one is both.
/// </summary>
/// <remarks>Threads and locks as for <see cref="IConnectionHandler"/>.</remarks>
public interface IFrameHandler : IConnectionHandler
{
    /// <summary>How many bytes of a frame's body have to be at hand in <see cref="OnFrame"/>; the same answer each time.</summary>
    /// <param name="number">The frame's zero-based number in its message.</param>
    int KeptLength(int number);

    /// <summary>All of a frame has come.</summary>
    /// <param name="connection">Where from.</param>
    /// <param name="number">The frame's zero-based number in its message.</param>
    /// <param name="head">The body, or the start of it: at least what <see cref="KeptLength"/> asked for. Only valid during the call.</param>
    /// <param name="length">Length of the whole body.</param>
    /// <param name="isLast">Whether it ends the message.</param>
    void OnFrame(ZmtpConnection connection, int number, ReadOnlySpan<byte> head, int length, bool isLast);

    /// <summary>Every frame of one read has been handed over: the place for what need not be done for each message.</summary>
    /// <param name="connection">Where from.</param>
    /// <param name="timestamp">When the last of the bytes came, on the timer queue's clock; where the system does not tell, when they were read.</param>
    void OnFramesRead(ZmtpConnection connection, Timestamp timestamp);
}
