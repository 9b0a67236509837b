using System.Text;

namespace Zmtp;

/// <summary>One message: a list of frames in a single block of bytes. Immutable, so that it may be kept and shared between threads.</summary>
public sealed class ZmtpMessage
{
    private readonly byte[] _bytes;
    private readonly int[]? _ends; // null for a single frame, by far the most common message

    internal ZmtpMessage(byte[] bytes, int[]? ends)
    {
        _bytes = bytes;
        _ends = ends;
    }

    /// <summary>How many frames it has, at least one.</summary>
    public int FrameCount => _ends?.Length ?? 1;

    /// <summary>Sum of the frames' lengths in bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>The bytes of a frame.</summary>
    /// <param name="frame">Zero-based.</param>
    public ReadOnlySpan<byte> this[int frame]
    {
        get
        {
            if (_ends is null)
            {
                ArgumentOutOfRangeException.ThrowIfNotEqual(frame, 0);
                return _bytes;
            }

            var start = frame == 0 ? 0 : _ends[frame - 1];
            return _bytes.AsSpan(start, _ends[frame] - start);
        }
    }

    /// <summary>A message of these frames.</summary>
    /// <exception cref="ArgumentException">There are none: ZMTP has no empty message.</exception>
    public static ZmtpMessage FromFrames(params IReadOnlyList<byte[]> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0)
        {
            throw new ArgumentException("A message has at least one frame.", nameof(frames));
        }

        if (frames.Count == 1)
        {
            return new ZmtpMessage((byte[])frames[0].Clone(), ends: null);
        }

        var ends = new int[frames.Count];
        var total = 0;
        for (var i = 0; i < ends.Length; i++)
        {
            total += frames[i].Length;
            ends[i] = total;
        }

        var bytes = new byte[total];
        for (var i = 0; i < ends.Length; i++)
        {
            frames[i].CopyTo(bytes, ends[i] - frames[i].Length);
        }

        return new ZmtpMessage(bytes, ends);
    }

    /// <summary>A message of frames that stand one after the other in one block.</summary>
    /// <param name="bytes">All frames' bytes; copied.</param>
    /// <param name="ends">Where each frame ends; at least one, ascending, the last one at the end of the block; copied.</param>
    public static ZmtpMessage FromBlock(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> ends) =>
        new(bytes.ToArray(), ends.Length == 1 ? null : ends.ToArray());

    /// <summary>A message of text frames in UTF-8.</summary>
    public static ZmtpMessage FromText(params IReadOnlyList<string> frames) =>
        FromFrames([.. frames.Select(Encoding.UTF8.GetBytes)]);
}
