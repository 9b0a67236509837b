using ZmqExporter.Content;

namespace ZmqExporter.Configuration;

/// <summary>A number in a message that becomes a metric.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Type">What kind of metric it is.</param>
/// <param name="Source">Where the number is; with <paramref name="Each"/>, its path leads into each item.</param>
/// <param name="Each">Selects the items that have a number each; null for one number in the message.</param>
/// <param name="Labels">What tells the series apart.</param>
/// <param name="MaxSeries">How many series one target may have.</param>
/// <param name="Scale">The number is multiplied by it.</param>
internal sealed record ValueConfig(
    string Metric,
    string Help,
    ValueKind Type,
    SourceConfig Source,
    JsonPath? Each = null,
    EquatableArray<ValueLabelConfig> Labels = default,
    int MaxSeries = ValueConfig.DefaultMaxSeries,
    double Scale = 1)
{
    /// <summary>Series that one target may have of a metric, when the file does not say.</summary>
    public const int DefaultMaxSeries = 100;
}

/// <summary>A label of a value.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Where its value is, in the item or the document; null for a constant.</param>
/// <param name="Text">The constant.</param>
/// <param name="Source">A place in the message, such as its topic; a message without it has no such number. Null for a path or a constant.</param>
internal sealed record ValueLabelConfig(string Name, JsonPath? Path, string Text = "", SourceConfig? Source = null);

/// <summary>What kind of metric a value is.</summary>
internal enum ValueKind
{
    /// <summary>It goes up and down.</summary>
    Gauge,

    /// <summary>It only rises; when it falls, it began again.</summary>
    Counter,
}
