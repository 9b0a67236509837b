using ZmqExporter.Content;

namespace ZmqExporter.Configuration;

/// <summary>Where in a message something is.</summary>
/// <param name="Frame">Zero-based frame number.</param>
/// <param name="Selector">Which part of it, after <paramref name="Decode"/> and <paramref name="After"/>.</param>
/// <param name="Decode">How the frame is packed, the outermost layer first.</param>
/// <param name="After">What is looked for begins behind the first of these bytes; empty for the whole frame.</param>
internal sealed record SourceConfig(int Frame, SelectorConfig Selector, EquatableArray<Decoding> Decode = default, EquatableArray<byte> After = default)
{
    /// <summary>A whole frame.</summary>
    public static SourceConfig Of(int frame) => new(frame, new SelectorConfig.Whole());
}

/// <summary>Which part of a frame; one subtype a kind.</summary>
internal abstract record SelectorConfig
{
    /// <summary>All of it.</summary>
    internal sealed record Whole : SelectorConfig;

    /// <summary>A number of some bytes.</summary>
    /// <param name="Offset">How many bytes before it.</param>
    /// <param name="Format">How it is written.</param>
    internal sealed record Number(int Offset, BinaryNumber Format) : SelectorConfig;

    /// <summary>A value in a document.</summary>
    internal sealed record Document(DocumentFormat Format, JsonPath Path) : SelectorConfig;

    /// <summary>The first group of a regular expression.</summary>
    internal sealed record Group(string Pattern) : SelectorConfig;
}
