using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Hands an observer that shows messages those that a subscription brings, as long as it wants more. Not thread-safe.</summary>
internal sealed class FeedTap(IProbeObserver observer)
{
    /// <summary>Of longer messages the other frames are left out.</summary>
    public const int MaxFrames = 256;

    private const int MaxMessage = 4 << 20;

    private readonly List<int> _ends = [];
    private readonly List<int> _missing = [];
    private ArrayBufferWriter<byte> _block = new();
    private bool _isWanted;

    /// <summary>A tap for an observer that shows a feed's messages; null for any other.</summary>
    public static FeedTap? For(IProbeObserver observer) => observer.ShowsFeed ? new FeedTap(observer) : null;

    /// <summary>How many bytes of a frame have to be at hand.</summary>
    public static int KeptLength => Sources.MaxFrame;

    /// <summary>A frame has come.</summary>
    /// <param name="number">Which, from 0.</param>
    /// <param name="head">As much of it as is at hand.</param>
    /// <param name="length">Of all of it.</param>
    /// <param name="isLast">Whether it ends the message.</param>
    /// <returns>Whether it ends a message that is shown now.</returns>
    public bool OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        if (number == 0)
        {
            _isWanted = observer.WantsFeedMessage;
            Clear();
        }

        if (!_isWanted)
        {
            return false;
        }

        if (number < MaxFrames)
        {
            var kept = Math.Min(Math.Min(head.Length, KeptLength), MaxMessage - _block.WrittenCount);
            _block.Write(head[..kept]);
            _ends.Add(_block.WrittenCount);
            _missing.Add(length - kept);
        }

        if (isLast)
        {
            _isWanted = false;
            observer.OnFeedMessage(new FeedMessage(ZmtpMessage.FromBlock(_block.WrittenSpan, CollectionsMarshal.AsSpan(_ends)), [.. _missing]));
            Clear();
        }

        return isLast;
    }

    private void Clear()
    {
        _ends.Clear();
        _missing.Clear();
        if (_block.WrittenCount > 0)
        {
            _block = new ArrayBufferWriter<byte>(); // only as many messages as somebody wants to see
        }
    }
}
