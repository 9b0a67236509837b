using System.Globalization;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>Puts a message together from its frames, within bounds. For one message.</summary>
/// <param name="maxFrames">Most frames.</param>
/// <param name="maxSize">Most bytes, all frames together.</param>
/// <param name="takesDelimiter">Whether the message starts with the empty frame of a REQ, which is taken away.</param>
internal struct MessageAssembler(int maxFrames, int maxSize, bool takesDelimiter)
{
    private readonly List<byte[]> _frames = [];
    private int _count;
    private long _size;
    private string? _notDelimited;

    /// <summary>Adds a frame; beyond the bounds it is only counted.</summary>
    public void Add(ReadOnlySpan<byte> body)
    {
        _count++;
        _size += body.Length;
        if (takesDelimiter && _count == 1)
        {
            _notDelimited = body.IsEmpty ? null : Excerpt.Of(body);
        }
        else if (_frames.Count < maxFrames && _size <= maxSize)
        {
            _frames.Add(body.ToArray());
        }
    }

    /// <summary>Ends the message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="error">What is wrong with it.</param>
    public readonly bool TryEnd(out ZmtpMessage? message, out ZmtpError? error)
    {
        message = null;
        var frames = takesDelimiter ? _count - 1 : _count;
        error = frames > maxFrames ? TooLarge($"the peer sent a message of more than {maxFrames} frames")
            : _size > maxSize ? TooLarge($"the peer sent a message of {_size} bytes, and the limit is {maxSize}")
            : takesDelimiter && (_notDelimited is not null || frames == 0) ? new ZmtpError(
                ZmtpErrorCode.Protocol, $"the reply does not start with the empty delimiter frame: {_notDelimited}")
            : null;
        if (error is null)
        {
            message = ZmtpMessage.FromFrames(_frames);
        }

        return error is null;
    }

    private static ZmtpError TooLarge(FormattableString text) => new(ZmtpErrorCode.TooLarge, text.ToString(CultureInfo.InvariantCulture));
}
