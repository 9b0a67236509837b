using Zmtp.Limits;

namespace Zmtp.Wire;

/// <summary>Takes the frames of a <see cref="FrameDecoder"/>.</summary>
internal interface IFrameSink
{
    /// <summary>The longest body that is acceptable now.</summary>
    int MaxBodyLength(bool isCommand);

    /// <summary>How much of a body has to be at hand when it comes in pieces; of a longer one, the rest is skipped.</summary>
    int KeptBodyLength(bool isCommand) => int.MaxValue;

    /// <summary>Takes a whole frame; the body is only valid during the call.</summary>
    /// <returns>An error, which ends the decoding, or null.</returns>
    ZmtpError? OnFrame(bool isCommand, bool isMore, ReadOnlySpan<byte> body);

    /// <summary>Takes a frame of which a part was skipped. Never called with the default <see cref="KeptBodyLength"/>.</summary>
    /// <param name="isMore">Whether the message goes on.</param>
    /// <param name="head">The start of its body, only valid during the call.</param>
    /// <param name="length">Length of the whole body.</param>
    /// <returns>An error, which ends the decoding, or null.</returns>
    ZmtpError? OnCutFrame(bool isMore, ReadOnlySpan<byte> head, int length) => null;
}

/// <summary>
/// Cuts a byte stream into frames, whatever the sizes of the pieces that it comes in. Holds a buffer only while a frame is
/// incomplete, and lets that grow with the bytes that have really come, never with the length that was claimed. Not thread-safe.
/// </summary>
/// <param name="sink">Takes the frames.</param>
/// <param name="budget">Bounds what incomplete frames hold together, or null. Without anything left, decoding throws.</param>
internal sealed class FrameDecoder(IFrameSink sink, BufferBudget? budget = null)
{
    private GrowingBuffer _carry = new(budget);
    private int _skipped;

    /// <summary>While the sink has a frame: whether the piece ends with that frame, so that nothing of it is left.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Whether nothing has come of a frame that goes on.</summary>
    public bool IsBetweenFrames => _carry.Length == 0 && _skipped == 0;

    /// <summary>Takes the next piece and hands every complete frame to the sink.</summary>
    /// <returns>The first error, or null.</returns>
    public ZmtpError? Decode(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            if (_carry.Length == 0 && bytes.IsEmpty)
            {
                return null;
            }

            var known = _carry.Length > 0 ? _carry.Written : bytes;
            if (!FrameHeader.TryRead(known, out var header, out var error))
            {
                if (error is not null || bytes.IsEmpty)
                {
                    return error;
                }

                // Byte by byte: a split header is rare and at most nine bytes long.
                Carry(ref bytes, 1, int.MaxValue);
                continue;
            }

            var limit = Math.Min(sink.MaxBodyLength(header.IsCommand), Array.MaxLength - FrameHeader.MaxSize);
            if (header.BodyLength > (ulong)limit)
            {
                return TooLarge(header, limit);
            }

            var total = header.Size + (int)header.BodyLength;
            if (_carry.Length == 0 && bytes.Length >= total)
            {
                IsAtEnd = bytes.Length == total;
                error = sink.OnFrame(header.IsCommand, header.IsMore, bytes[header.Size..total]);
                bytes = bytes[total..];
            }
            else
            {
                var kept = header.Size + Math.Min((int)header.BodyLength, sink.KeptBodyLength(header.IsCommand));
                Carry(ref bytes, Math.Min(kept - _carry.Length, bytes.Length), kept);
                Skip(ref bytes, total - kept);
                if (_carry.Length + _skipped < total)
                {
                    return null;
                }

                IsAtEnd = bytes.IsEmpty;
                var body = _carry.Written[header.Size..kept];
                error = kept == total
                    ? sink.OnFrame(header.IsCommand, header.IsMore, body)
                    : sink.OnCutFrame(header.IsMore, body, (int)header.BodyLength);
                Release();
            }

            if (error is not null)
            {
                return error;
            }
        }
    }

    /// <summary>Gives the buffer back. The decoder may be used again.</summary>
    public void Release()
    {
        _carry.Release();
        _skipped = 0;
    }

    private static ZmtpError TooLarge(FrameHeader header, int limit) => new(
        ZmtpErrorCode.TooLarge,
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"the peer announced a {(header.IsCommand ? "command" : "frame")} of {header.BodyLength} bytes, and {limit} is the limit here"))
    {
        IsMessageSize = !header.IsCommand,
    };

    // Nothing is skipped before all that is kept has come: then no bytes are left here.
    private void Skip(ref ReadOnlySpan<byte> bytes, int length)
    {
        var count = Math.Min(length - _skipped, bytes.Length);
        _skipped += count;
        bytes = bytes[count..];
    }

    private void Carry(ref ReadOnlySpan<byte> bytes, int count, int most)
    {
        _carry.Append(bytes[..count], most);
        bytes = bytes[count..];
    }
}
