using ZmqExporter.Content;

namespace ZmqExporter.Configuration;

/// <summary>Where a message carries its number.</summary>
/// <param name="Source">Where.</param>
/// <param name="Per">Which messages are counted together.</param>
internal sealed record SequenceConfig(SourceConfig Source, SequenceScope Per = SequenceScope.Topic)
{
    /// <value>How many bytes the frame has, or null for any number of them.</value>
    public int? Length { get; init; }

    /// <value>What messages that are counted together have in common; null for what <see cref="Per"/> says.</value>
    public SourceConfig? PerSource { get; init; }

    /// <value>A frame before that of <see cref="PerSource"/>, which they have in common as well; null for none.</value>
    public int? PerFrame { get; init; }

    /// <summary>The highest number that there is.</summary>
    public ulong Max => Source.Selector is SelectorConfig.Number number ? ulong.MaxValue >> (64 - (8 * number.Format.Size)) : ulong.MaxValue;

    /// <summary>A number that is all of a frame.</summary>
    /// <param name="frame">Zero-based frame number.</param>
    /// <param name="format">How it is written; null for decimal digits.</param>
    /// <param name="per">Which messages are counted together.</param>
    public static SequenceConfig OfFrame(int frame, BinaryNumber? format, SequenceScope per = SequenceScope.Topic) => format is { } binary
        ? new SequenceConfig(new SourceConfig(frame, new SelectorConfig.Number(0, binary)), per) { Length = binary.Size }
        : new SequenceConfig(SourceConfig.Of(frame), per);
}

/// <summary>Which messages a publisher counts in one sequence.</summary>
internal enum SequenceScope
{
    /// <summary>Those with the same first frame.</summary>
    Topic,

    /// <summary>All of them.</summary>
    Publisher,
}
