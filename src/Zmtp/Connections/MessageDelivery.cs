using Zmtp.Limits;
using Zmtp.Sessions;
using Zmtp.Sockets;
using Zmtp.Timing;

namespace Zmtp.Connections;

/// <summary>
/// Hands what an open connection receives to its handler, as messages or frame by frame, with the time at which it came, and notices
/// a peer that floods us. For the thread that reads.
/// </summary>
internal sealed class MessageDelivery : IMessageOutput, IFrameOutput
{
    private readonly ZmtpConnection _connection;
    private readonly ConnectionLifecycle _lifecycle;
    private readonly HandlerGuard _handler;
    private FloodGuard _flood;
    private bool _hasFrames; // from this read

    public MessageDelivery(ZmtpConnection connection, ConnectionLifecycle lifecycle, HandlerGuard handler, BufferBudget buffers)
    {
        _connection = connection;
        _lifecycle = lifecycle;
        _handler = handler;
        Receiver = handler.TakesFrames
            ? new FrameReceiver(connection.Options, this)
            : new MessageReceiver(connection.Options, this, buffers);
    }

    /// <summary>Takes the session's frames.</summary>
    public IFrameReceiver Receiver { get; }

    /// <inheritdoc />
    void IMessageOutput.OnMessage(ZmtpMessage message)
    {
        if (_lifecycle.IsOpen)
        {
            _handler.OnMessage(_connection, message, _lifecycle.Arrival);
        }
    }

    /// <inheritdoc />
    int IFrameOutput.KeptLength(int number) => _handler.KeptLength(number);

    /// <inheritdoc />
    void IFrameOutput.OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        if (_lifecycle.IsOpen)
        {
            _hasFrames = true;
            _handler.OnFrame(_connection, number, head, length, isLast);
        }
    }

    /// <summary>A read is over and none of it is left.</summary>
    /// <param name="lastByte">When it came.</param>
    public void EndRead(Arrival lastByte)
    {
        if (_hasFrames)
        {
            _hasFrames = false;
            _handler.OnFramesRead(_connection, lastByte.Latest);
        }
    }

    /// <summary>Judges by the amount.</summary>
    /// <param name="bytes">How many bytes the read brought.</param>
    /// <param name="work">How much work they were, see <see cref="ZmtpSession.TakeWork"/>.</param>
    /// <param name="readAt">When.</param>
    /// <returns>The verdict on a flood, or null.</returns>
    public ZmtpError? Guard(int bytes, int work, Timestamp readAt)
    {
        // A stream that we asked for may be of any size; only its commands are still watched.
        return Receiver.IsUnbounded && _lifecycle.IsOpen && work == 0
            ? null
            : _flood.OnRead(Receiver.IsUnbounded ? 0 : bytes, work, readAt);
    }
}
