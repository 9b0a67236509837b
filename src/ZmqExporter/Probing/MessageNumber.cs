using ZmqExporter.Configuration;
using ZmqExporter.Content;

namespace ZmqExporter.Probing;

/// <summary>Reads the number of a message. Immutable and thread-safe.</summary>
internal sealed class MessageNumber(SequenceConfig config)
{
    private readonly MessageSource _source = Sources.From(config.Source);

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
            && NumberText.TryReadWhole(_source.Find(head, buffer), out number);
    }
}
