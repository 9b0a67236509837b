using System.Globalization;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>A mapping that found nothing in any of the messages that came since the last probe, or in the reply. Immutable.</summary>
/// <param name="Mapping">Which kind.</param>
/// <param name="Metric">Of an entry of <c>values</c>: its metric; else empty.</param>
/// <param name="Problem">What was looked for, where, and what stood there, in the first of them.</param>
internal sealed record UnmappedSource(Mapping Mapping, string Metric, string Problem)
{
    /// <summary>Which entry of <c>values</c>.</summary>
    public int Entry { get; init; }

    /// <summary>Of a feed that has just begun: in how many messages there was nothing; others may have it. 0 where it is certain.</summary>
    public long FirstMessages { get; init; }

    /// <summary>Its name for people: the key, and the metric of a value.</summary>
    public string Name => Mapping == Mapping.Values ? $"values: {Metric}" : Mapping == Mapping.Per ? "sequence: per" : EnumLabels<Mapping>.All[(int)Mapping];

    /// <summary>A sentence for people: the same in the log, on the page and from <c>probe</c>.</summary>
    public override string ToString() => $"{Name} finds nothing in {Where}: {Problem}";

    private string Where => FirstMessages switch
    {
        0 => "what comes",
        1 => "the 1 message that came",
        _ => string.Create(CultureInfo.InvariantCulture, $"the {FirstMessages} messages that came"),
    };
}
