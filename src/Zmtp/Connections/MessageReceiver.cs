using Zmtp.Limits;
using Zmtp.Sessions;
using Zmtp.Wire;

namespace Zmtp.Connections;

/// <summary>
/// Makes messages of frames, within the bounds of the options and without the delimiter that a REQ's replies start with. Not thread-safe.
/// </summary>
public abstract class MessageReceiver : IFrameReceiver
{
    private readonly MessageBuilder _message;
    private readonly bool _isDelimited;

    /// <summary>Makes one for a connection.</summary>
    /// <param name="connection">Whose frames it takes.</param>
    protected MessageReceiver(ZmtpConnection connection)
        : this(connection.Options, connection.Buffers)
    {
    }

    /// <summary>Makes one for a session without a connection.</summary>
    private protected MessageReceiver(ZmtpOptions options, BufferBudget? buffers)
    {
        _message = new MessageBuilder(options.MaxMessageSize, buffers);
        _isDelimited = options.SocketType == SocketType.Req;
    }

    /// <inheritdoc />
    int? IFrameReceiver.MaxLength => _message.Left;

    /// <inheritdoc />
    int IFrameReceiver.KeptLength(int number) => int.MaxValue;

    /// <inheritdoc />
    ZmtpError? IFrameReceiver.OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        // A REQ's reply starts with the empty frame that its request started with (RFC 28).
        if (_isDelimited && number == 0)
        {
            return isLast || !head.IsEmpty
                ? new ZmtpError(ZmtpErrorCode.Protocol, $"the reply does not start with the empty delimiter frame: {Excerpt.Of(head)}")
                : null;
        }

        if (_message.Add(head, isLast) is { } message)
        {
            try
            {
                OnMessage(message);
            }
            finally
            {
                _message.Delivered();
            }
        }

        return null;
    }

    /// <summary>Takes each message; <see cref="ZmtpConnection.Arrival"/> says when it came. Called by the thread that reads.</summary>
    protected abstract void OnMessage(ZmtpMessage message);

    /// <inheritdoc />
    void IFrameReceiver.Release() => _message.Release();
}
