using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Content;

namespace ZmqExporter.Probing;

/// <summary>Reads the number of a message. Not thread-safe.</summary>
/// <param name="config">Where it is.</param>
/// <param name="source">Looks there.</param>
internal sealed class MessageNumber(SequenceConfig config, FeedSource source)
{
    /// <summary>The frame that holds it.</summary>
    public int Frame => config.Source.Frame;

    /// <summary>How many bytes of the frame have to be at hand.</summary>
    public int Reach { get; } = Sources.ReachOf(config.Source);

    /// <summary>Reads it.</summary>
    /// <param name="head">The frame, or as much of it as <see cref="Reach"/> asks for.</param>
    /// <param name="length">Of the whole frame.</param>
    /// <param name="buffer">For this call alone.</param>
    /// <param name="number">It.</param>
    /// <returns>False when the frame has no such number.</returns>
    public bool TryRead(ReadOnlySpan<byte> head, int length, ContentBuffer buffer, out ulong number)
    {
        number = 0;
        return (config.Length is not { } exact || exact == length)
            && Sources.IsEnough(config.Source, head, length)
            && NumberText.TryReadWhole(source.Find(head, buffer), out number);
    }

    /// <summary>Says why a frame has no such number.</summary>
    public string Explain(ReadOnlySpan<byte> head, int length, ContentBuffer buffer)
    {
        if (config.Length is { } exact && exact != length)
        {
            return string.Create(CultureInfo.InvariantCulture, $"frame {Frame} has {length} bytes, and the number has {exact}");
        }

        return Sources.IsEnough(config.Source, head, length)
            ? SourceWords.Found(source.Source, head, source.Find(head, buffer), ", which is no whole number")
            : SourceWords.TooLong(Frame, length, "look into");
    }
}
