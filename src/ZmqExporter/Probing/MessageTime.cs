using System.Buffers.Binary;
using ZmqExporter.Configuration;
using ZmqExporter.Content;

namespace ZmqExporter.Probing;

/// <summary>Reads the time at which a message says it was sent. Not thread-safe.</summary>
/// <param name="config">Where it is.</param>
/// <param name="source">Looks there.</param>
internal sealed class MessageTime(SentAtConfig config, FeedSource source)
{
    /// <summary>The frame that holds it.</summary>
    public int Frame => config.Source.Frame;

    /// <summary>How many bytes of the frame have to be at hand.</summary>
    public int Reach { get; } = Sources.ReachOf(config.Source);

    /// <summary>Reads it. A frame of 8 bytes that is no text is an integer in whichever byte order lies nearer to now.</summary>
    /// <param name="head">The frame, or as much of it as <see cref="Reach"/> asks for.</param>
    /// <param name="length">Of the whole frame.</param>
    /// <param name="now">Seconds since 1970.</param>
    /// <param name="buffer">For this call alone.</param>
    /// <param name="seconds">Seconds since 1970.</param>
    /// <returns>False when the frame holds no time.</returns>
    public bool TryRead(ReadOnlySpan<byte> head, int length, double now, ContentBuffer buffer, out double seconds)
    {
        seconds = 0;
        if (!Sources.IsEnough(config.Source, head, length))
        {
            return false;
        }

        var value = source.Find(head, buffer);
        if (TimeText.TryRead(value, config.PerSecond, out seconds))
        {
            return true;
        }

        if (config.Source.Selector is not SelectorConfig.Whole || config.PerSecond is not > 0 || value.Text.Length != sizeof(long))
        {
            return false;
        }

        var little = BinaryPrimitives.ReadInt64LittleEndian(value.Text) / (double)config.PerSecond;
        var big = BinaryPrimitives.ReadInt64BigEndian(value.Text) / (double)config.PerSecond;
        seconds = Math.Abs(now - little) <= Math.Abs(now - big) ? little : big;
        return true;
    }
    /// <summary>Says why a frame has no such time.</summary>
    public string Explain(ReadOnlySpan<byte> head, int length, ContentBuffer buffer) => Sources.IsEnough(config.Source, head, length)
        ? SourceWords.Found(source.Source, head, source.Find(head, buffer), ", which is no time")
        : SourceWords.TooLong(Frame, length, "look into");
}
