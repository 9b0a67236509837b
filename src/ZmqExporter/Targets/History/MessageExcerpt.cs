using System.Collections.Immutable;
using Zmtp;

namespace ZmqExporter.Targets.History;

/// <summary>How a message began: so much of it as is worth keeping for as long as a target lives. Immutable.</summary>
internal sealed class MessageExcerpt
{
    /// <summary>How many bytes are kept of a message that came.</summary>
    public const int MostReceived = 256;

    /// <summary>How many bytes are kept of a message that we sent: its config has the rest.</summary>
    public const int MostSent = 64;

    private const int MostFrames = 6;
    private const int OwnSize = 40 + 24 + 24; // an object and the heads of its arrays

    private readonly byte[] _bytes; // of the frames one after the other, until there is no more room
    private readonly int[] _lengths;

    private MessageExcerpt(byte[] bytes, int[] lengths, int frameCount)
    {
        (_bytes, _lengths) = (bytes, lengths);
        FrameCount = frameCount;
    }

    /// <summary>How many frames the message had; there may be more of them than <see cref="Frames"/> has.</summary>
    public int FrameCount { get; }

    /// <summary>What it takes of memory, about, in bytes.</summary>
    public int Size => OwnSize + _bytes.Length + (sizeof(int) * _lengths.Length);

    /// <summary>How its first frames began.</summary>
    public ImmutableArray<FrameExcerpt> Frames
    {
        get
        {
            var frames = ImmutableArray.CreateBuilder<FrameExcerpt>(_lengths.Length);
            var start = 0;
            foreach (var length in _lengths)
            {
                var kept = Math.Min(length, _bytes.Length - start);
                frames.Add(new FrameExcerpt(_bytes.AsMemory(start, kept), length));
                start += kept;
            }

            return frames.MoveToImmutable();
        }
    }

    /// <summary>Keeps the beginning of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="bytes">How many bytes in all at most. The frames that come first have what they need of them.</param>
    public static MessageExcerpt Of(ZmtpMessage message, int bytes)
    {
        var lengths = new int[Math.Min(message.FrameCount, MostFrames)];
        var kept = new List<byte>(Math.Min(message.Length, bytes));
        for (var frame = 0; frame < lengths.Length; frame++)
        {
            var whole = message[frame];
            lengths[frame] = whole.Length;
            kept.AddRange(whole[..Math.Min(whole.Length, bytes - kept.Count)]);
        }

        return new MessageExcerpt([.. kept], lengths, message.FrameCount);
    }

    /// <summary>One that was kept before.</summary>
    /// <param name="bytes">The frames' bytes one after the other, as far as they were kept.</param>
    /// <param name="lengths">How many bytes each of the first frames had.</param>
    /// <param name="frameCount">How many frames there were.</param>
    /// <returns>Null when it cannot be one.</returns>
    public static MessageExcerpt? Restore(byte[] bytes, int[] lengths, int frameCount) =>
        bytes.Length <= MostReceived
        && lengths.Length is > 0 and <= MostFrames
        && lengths.Length <= frameCount
        && Array.TrueForAll(lengths, static length => length >= 0)
        && lengths.Sum(static length => (long)length) >= bytes.Length
            ? new MessageExcerpt(bytes, lengths, frameCount)
            : null;

    /// <summary>What <see cref="Restore"/> takes.</summary>
    public (byte[] Bytes, int[] Lengths) Parts() => (_bytes, _lengths);
}
