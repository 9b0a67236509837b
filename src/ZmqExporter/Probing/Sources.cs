using ZmqExporter.Configuration;
using ZmqExporter.Content;

namespace ZmqExporter.Probing;

/// <summary>Builds sources from their configs.</summary>
internal static class Sources
{
    /// <summary>More bytes of a frame are not looked at.</summary>
    public const int MaxFrame = 1 << 20;

    private const int MaxText = 64; // more than any number or time has

    /// <summary>How many bytes of the frame have to be at hand, so that a number or a time can be read.</summary>
    public static int ReachOf(SourceConfig config) => config switch
    {
        { Decode.IsEmpty: true, After.IsEmpty: true, Selector: SelectorConfig.Number number } => number.Offset + number.Format.Size,
        { Decode.IsEmpty: true, After.IsEmpty: true, Selector: SelectorConfig.Whole } => MaxText,
        _ => MaxFrame,
    };

    /// <summary>Whether what is at hand of a frame is as much as the source needs.</summary>
    public static bool IsEnough(SourceConfig config, ReadOnlySpan<byte> head, int length) =>
        head.Length == length || (config.Selector is SelectorConfig.Number && head.Length >= ReachOf(config));

    /// <summary>The source that a config describes.</summary>
    /// <param name="config">The config.</param>
    /// <param name="marksBytes">Whether bytes in documents are told from texts: see <see cref="MarkedBytes"/>.</param>
    public static MessageSource From(SourceConfig config, bool marksBytes = false) =>
        new(config.Frame, config.Decode, config.After, SelectorOf(config.Selector, marksBytes));

    private static Selector SelectorOf(SelectorConfig config, bool marksBytes) => config switch
    {
        SelectorConfig.Whole => Selector.All,
        SelectorConfig.Number number => new Selector.Number(number.Offset, number.Format),
        SelectorConfig.Document { Format: DocumentFormat.Json } json => new Selector.Json(json.Path),
        SelectorConfig.Document binary => new Selector.Binary(binary.Format, binary.Path, marksBytes),
        SelectorConfig.Group group => new Selector.Group(group.Pattern),
        _ => throw new NotSupportedException(config.GetType().Name),
    };
}
