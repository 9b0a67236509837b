using System.Globalization;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.NetMqWorker;

/// <summary>A message that is put together from its frames, within bounds. Not thread-safe.</summary>
/// <param name="maxFrames">Most frames.</param>
/// <param name="maxSize">Most bytes, all frames together.</param>
/// <param name="takesDelimiter">Whether the message starts with the empty frame of a REQ, which is taken away.</param>
internal sealed class MessageBlock(int maxFrames, int maxSize, bool takesDelimiter)
{
    private readonly List<byte[]> _frames = [];
    private readonly int _maxFrames = takesDelimiter ? maxFrames + 1 : maxFrames;
    private int _count;
    private long _size;

    /// <summary>What is wrong with the message, or null.</summary>
    public ZmtpError? Error =>
        _count > _maxFrames ? TooLarge($"the peer sent a message of more than {maxFrames} frames")
        : _size > maxSize ? TooLarge($"the peer sent a message of {_size} bytes, and the limit is {maxSize}") with { IsMessageSize = true }
        : takesDelimiter && _frames is not [{ Length: 0 }, _, ..] ? new ZmtpError(
            ZmtpErrorCode.Protocol, $"the reply does not start with the empty delimiter frame: {Excerpt.Of(_frames[0])}")
        : null;

    /// <summary>The message, if nothing is wrong with it.</summary>
    public ZmtpMessage Message => ZmtpMessage.FromFrames(takesDelimiter ? _frames[1..] : _frames);

    /// <summary>Adds a frame; beyond the bounds it is only counted.</summary>
    public void Add(ReadOnlySpan<byte> body)
    {
        (_count, _size) = (_count + 1, _size + body.Length);
        if (_count <= _maxFrames && _size <= maxSize)
        {
            _frames.Add(body.ToArray());
        }
    }

    private static ZmtpError TooLarge(FormattableString text) => new(ZmtpErrorCode.TooLarge, text.ToString(CultureInfo.InvariantCulture));
}
