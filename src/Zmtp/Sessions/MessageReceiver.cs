using Zmtp.Limits;
using Zmtp.Wire;

namespace Zmtp.Sessions;

/// <summary>Makes messages of frames, without the delimiter that a REQ's replies start with. Not thread-safe.</summary>
internal sealed class MessageReceiver(ZmtpOptions options, IMessageOutput output, BufferBudget? buffers) : IFrameReceiver
{
    private readonly MessageBuilder _message = new(options.MaxMessageSize, options.MaxFrames, buffers);
    private bool _delimited;

    /// <inheritdoc />
    public bool IsUnbounded => false;

    /// <inheritdoc />
    public int KeptLength => int.MaxValue;

    /// <inheritdoc />
    public int MaxLength(bool isBoxed) => _message.Left;

    /// <inheritdoc />
    public ZmtpError? OnFrame(bool isMore, ReadOnlySpan<byte> head, int length)
    {
        // A REQ's reply starts with the empty frame that its request started with (RFC 28).
        if (options.SocketType == SocketType.Req && _message.IsEmpty && !_delimited)
        {
            if (!isMore || !head.IsEmpty)
            {
                return new ZmtpError(ZmtpErrorCode.Protocol, $"the reply does not start with the empty delimiter frame: {Excerpt.Of(head)}");
            }

            _delimited = true;
            return null;
        }

        if (!_message.TryAdd(head, isMore, out var message))
        {
            return FrameReceiver.TooManyFrames(options.MaxFrames);
        }

        if (message is not null)
        {
            _delimited = false;
            output.OnMessage(message);
        }

        return null;
    }

    /// <inheritdoc />
    public void Release() => _message.Release();
}

/// <summary>Takes messages.</summary>
internal interface IMessageOutput
{
    /// <summary>A message has come.</summary>
    void OnMessage(ZmtpMessage message);
}
