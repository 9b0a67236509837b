using Zmtp.Limits;
using Zmtp.Sessions;
using Zmtp.Sockets;
using Zmtp.Timing;

namespace Zmtp.Connections;

/// <summary>
/// Stands before a connection's receiver: gives it nothing once the connection is closed, keeps its exceptions from the thread that reads, as
/// <see cref="HandlerGuard"/> does, and notices a peer that floods us. For that thread.
/// </summary>
/// <param name="lifecycle">The connection.</param>
/// <param name="receiver">Its receiver.</param>
/// <param name="maxMessageSize">How large a message may be.</param>
/// <param name="onFault">Takes its exceptions.</param>
internal sealed class ReceiverGuard(ConnectionLifecycle lifecycle, IFrameReceiver receiver, int maxMessageSize, Action<Exception>? onFault) : IFrameReceiver
{
    private const int UsualFrames = 16;
    private const int UsualWork = 240; // two commands, and some frames

    private FloodGuard _flood = new(maxMessageSize);
    private int _frames; // of this read

    /// <summary>Whether a read has once brought very much for its size.</summary>
    public bool IsTalkative { get; private set; }

    /// <inheritdoc />
    public int? MaxLength => receiver.MaxLength;

    /// <inheritdoc />
    public int KeptLength(int number)
    {
        try
        {
            return receiver.KeptLength(number);
        }
#pragma warning disable CA1031 // The reason for this class.
        catch (Exception exception)
        {
            onFault?.Invoke(exception);
            return 0;
        }
    }

    /// <inheritdoc />
    public ZmtpError? OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        if (!lifecycle.IsOpen)
        {
            return null;
        }

        _frames++;
        try
        {
            return receiver.OnFrame(number, head, length, isLast);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException) // which ends the connection: a frame is lost
        {
            onFault?.Invoke(exception);
            return null;
        }
    }

    /// <inheritdoc />
    public bool TakesSubscriptions => receiver.TakesSubscriptions;

    /// <inheritdoc />
    public void OnSubscription(bool isSubscribed, ReadOnlySpan<byte> topic)
    {
        if (!lifecycle.IsOpen)
        {
            return;
        }

        try
        {
            receiver.OnSubscription(isSubscribed, topic);
        }
        catch (Exception exception)
        {
            onFault?.Invoke(exception);
        }
    }

    /// <inheritdoc />
    public void OnFramesRead(Timestamp timestamp)
    {
        if (_frames == 0)
        {
            return;
        }

        _frames = 0;
        try
        {
            receiver.OnFramesRead(timestamp);
        }
        catch (Exception exception)
        {
            onFault?.Invoke(exception);
        }
#pragma warning restore CA1031
    }

    /// <inheritdoc />
    public void Release() => receiver.Release();

    /// <summary>Judges by the amount.</summary>
    /// <param name="bytes">How many bytes the read brought.</param>
    /// <param name="work">How much work they were, see <see cref="ZmtpSession.TakeWork"/>.</param>
    /// <param name="readAt">When.</param>
    /// <returns>The verdict on a flood, or null.</returns>
    public ZmtpError? Guard(int bytes, int work, Timestamp readAt)
    {
        IsTalkative |= _frames > UsualFrames || work > UsualWork;

        // A stream that we asked for may be of any size; only its commands are still watched.
        var isUnbounded = MaxLength is null;
        return isUnbounded && lifecycle.IsOpen && work == 0 ? null : _flood.OnRead(isUnbounded ? 0 : bytes, work, readAt);
    }
}
