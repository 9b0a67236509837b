using System.Globalization;
using Zmtp.Wire;

namespace ZmqExporter.Probing;

/// <summary>Tells which message of a subscription failed an <c>expect</c>: its topic, its number, and for those who look at conversations its frames. Not thread-safe.</summary>
/// <param name="shown">How many bytes of each frame can be shown; 0 when nobody looks.</param>
internal sealed class MessageIdentity(int shown)
{
    private const int MaxTopic = 64; // more than an excerpt has
    private const int MaxFrames = 16;

    private readonly FrameBlock _frames = new();
    private readonly List<int> _missing = [];
    private readonly byte[] _topic = new byte[MaxTopic];
    private int _topicLength;

    /// <summary>How many bytes of a frame have to be at hand.</summary>
    public int KeptLength(int number) => number >= MaxFrames ? 0 : number == 0 ? Math.Max(MaxTopic, shown) : shown;

    /// <summary>A frame has come.</summary>
    /// <param name="number">Which, from 0.</param>
    /// <param name="head">As much of it as is at hand.</param>
    /// <param name="length">Of all of it.</param>
    public void OnFrame(int number, ReadOnlySpan<byte> head, int length)
    {
        if (number == 0)
        {
            _topicLength = Math.Min(head.Length, MaxTopic);
            head[.._topicLength].CopyTo(_topic);
            _frames.Clear();
            _missing.Clear();
        }

        if (shown > 0 && number < MaxFrames)
        {
            var kept = Math.Min(head.Length, shown);
            _frames.Add(head[..kept]);
            _missing.Add(length - kept);
        }
    }

    /// <summary>Says which message it is that has just ended: nothing, when there is nothing to say.</summary>
    /// <param name="frames">How many frames it has: of a single one, the topic is its beginning, and stands in the words about it.</param>
    /// <param name="number">Its number; null when it has none.</param>
    public string Words(int frames, ulong? number)
    {
        var topic = frames > 1 ? $"topic {Excerpt.Of(_topic.AsSpan(0, _topicLength))}" : "";
        var sequence = number is { } known ? string.Create(CultureInfo.InvariantCulture, $"sequence {known}") : "";
        var separator = topic.Length > 0 && sequence.Length > 0 ? ", " : "";
        return topic.Length + sequence.Length == 0 ? "" : $" ({topic}{separator}{sequence})";
    }

    /// <summary>The message that has just ended, or the beginnings of its frames; null when nobody looks.</summary>
    public FeedMessage? Message() => _frames.FrameCount == 0 ? null : new FeedMessage(_frames.ToMessage(), [.. _missing]);
}
