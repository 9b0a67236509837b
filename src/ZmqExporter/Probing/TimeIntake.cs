using ZmqExporter.Configuration;
using ZmqExporter.Content;

namespace ZmqExporter.Probing;

/// <summary>Finds the times of a feed's messages, frame by frame. Allocates nothing for a message. Not thread-safe.</summary>
internal sealed class TimeIntake
{
    private readonly MessageTime _times;
    private readonly TimeProvider _time;
    private double _now; // of this read
    private double? _sentAt;
    private bool _sawFrame;

    /// <param name="config">Where they are.</param>
    /// <param name="sources">Of the same module.</param>
    /// <param name="time">The clock.</param>
    public TimeIntake(SentAtConfig config, FeedSources sources, TimeProvider time)
    {
        _times = new MessageTime(config, sources.Of(config.Source));
        _time = time;
    }

    /// <summary>What was found, and what not.</summary>
    public MappingWatch Watch { get; } = new(Mapping.SentAt);

    /// <summary>The frame that has to be at hand, and how many bytes of it.</summary>
    public (int Frame, int Bytes) Reach => (_times.Frame, _times.Reach);

    /// <summary>A frame has come.</summary>
    /// <param name="number">Which, from 0.</param>
    /// <param name="head">As much of it as is at hand.</param>
    /// <param name="length">Of all of it.</param>
    /// <param name="buffer">For this call alone.</param>
    /// <param name="window">The number of the time between two probes.</param>
    public void OnFrame(int number, ReadOnlySpan<byte> head, int length, ContentBuffer buffer, int window)
    {
        _sawFrame &= number > 0;
        if (number != _times.Frame)
        {
            return;
        }

        _sawFrame = true;
        _now = _now == 0 ? (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds : _now;
        if (_times.TryRead(head, length, _now, buffer, out var seconds))
        {
            _sentAt = seconds;
            Watch.Find();
        }
        else if (Watch.WantsWords(window))
        {
            Watch.Explain(_times.Explain(head, length, buffer), window);
        }
    }

    /// <summary>The message is complete.</summary>
    /// <param name="frames">How many frames it has.</param>
    /// <param name="window">The number of the time between two probes.</param>
    public void EndMessage(int frames, int window)
    {
        if (!_sawFrame && Watch.WantsWords(window))
        {
            Watch.Explain(SourceWords.NoFrame(_times.Frame, frames), window);
        }
    }

    /// <summary>When the last message that tells says it was sent, in seconds since 1970; null when none of this read did.</summary>
    public double? Take()
    {
        var taken = _sentAt;
        _sentAt = null;
        _now = 0;
        return taken;
    }
}
