using System.Globalization;
using System.Runtime.InteropServices;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.NetMqWorker;

/// <summary>A message that is put together from its frames, within bounds; for one message after the other. Not thread-safe.</summary>
/// <param name="maxFrames">Most frames.</param>
/// <param name="maxSize">Most bytes, all frames together.</param>
/// <param name="takesDelimiter">Whether the message starts with the empty frame of a REQ, which is taken away.</param>
internal sealed class MessageBlock(int maxFrames, int maxSize, bool takesDelimiter)
{
    private const int KeptLength = 16 << 10;

    private readonly List<int> _ends = [];
    private byte[] _block = [];
    private int _length;
    private int _count;
    private long _size;
    private string? _notDelimited;

    /// <summary>Where each frame ends.</summary>
    public ReadOnlySpan<int> Ends => CollectionsMarshal.AsSpan(_ends);

    /// <summary>All frames.</summary>
    public ReadOnlySpan<byte> Bytes => _block.AsSpan(0, _length);

    /// <summary>What is wrong with the message, or null.</summary>
    public ZmtpError? Error
    {
        get
        {
            var frames = takesDelimiter ? _count - 1 : _count;
            return frames > maxFrames ? TooLarge($"the peer sent a message of more than {maxFrames} frames")
                : _size > maxSize ? TooLarge($"the peer sent a message of {_size} bytes, and the limit is {maxSize}") with { IsMessageSize = true }
                : takesDelimiter && (_notDelimited is not null || frames == 0) ? new ZmtpError(
                    ZmtpErrorCode.Protocol, $"the reply does not start with the empty delimiter frame: {_notDelimited}")
                : null;
        }
    }

    /// <summary>Forgets the last message.</summary>
    public void Clear()
    {
        _ends.Clear();
        _block = _block.Length > KeptLength ? [] : _block;
        (_length, _count, _size, _notDelimited) = (0, 0, 0, null);
    }

    /// <summary>Adds a frame; beyond the bounds it is only counted.</summary>
    public void Add(ReadOnlySpan<byte> body)
    {
        _count++;
        _size += body.Length;
        if (takesDelimiter && _count == 1)
        {
            _notDelimited = body.IsEmpty ? null : Excerpt.Of(body);
        }
        else if (_ends.Count < maxFrames && _size <= maxSize)
        {
            if (body.Length > _block.Length - _length)
            {
                Array.Resize(ref _block, Math.Max(_length + body.Length, _block.Length * 2));
            }

            body.CopyTo(_block.AsSpan(_length));
            _ends.Add(_length += body.Length);
        }
    }

    private static ZmtpError TooLarge(FormattableString text) => new(ZmtpErrorCode.TooLarge, text.ToString(CultureInfo.InvariantCulture));
}
