namespace Zmtp.Sessions;

/// <summary>Numbers frames and hands them on as they are, so that no body is held that nobody looks at. Not thread-safe.</summary>
internal sealed class FrameReceiver(ZmtpOptions options, IFrameOutput output) : IFrameReceiver
{
    private int _number;

    /// <inheritdoc />
    public bool IsUnbounded => true;

    /// <inheritdoc />
    public int KeptLength => output.KeptLength(_number);

    /// <inheritdoc />
    public int MaxLength(bool isBoxed) => isBoxed ? options.MaxBoxedFrameSize : int.MaxValue;

    /// <inheritdoc />
    public ZmtpError? OnFrame(bool isMore, ReadOnlySpan<byte> head, int length)
    {
        if (_number == options.MaxFrames)
        {
            return TooManyFrames(options.MaxFrames);
        }

        var number = _number;
        _number = isMore ? _number + 1 : 0;
        output.OnFrame(number, head, length, !isMore);
        return null;
    }

    /// <inheritdoc />
    public void Release()
    {
    }

    /// <summary>The verdict on a message of too many frames.</summary>
    internal static ZmtpError TooManyFrames(int limit) =>
        new(ZmtpErrorCode.TooLarge, $"the peer sent a message of more than {limit} frames");
}

/// <summary>Takes numbered frames.</summary>
internal interface IFrameOutput
{
    /// <summary>How much of a frame has to be at hand.</summary>
    /// <param name="number">The frame's zero-based number in its message.</param>
    int KeptLength(int number);

    /// <summary>A frame has come.</summary>
    void OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast);
}
