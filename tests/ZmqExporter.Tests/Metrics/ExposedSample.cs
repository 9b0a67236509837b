using System.Globalization;

namespace ZmqExporter.Tests.Metrics;

/// <summary>One sample as Prometheus would store it.</summary>
/// <param name="Series">Name and labels, sorted by the label's name: <c>up{a="b"}</c>.</param>
/// <param name="Type">The type of its family in the text format's words.</param>
/// <param name="Help">The family's sentence.</param>
/// <param name="Value">The value.</param>
internal sealed record ExposedSample(string Series, string Type, string Help, double Value)
{
    /// <summary>The example beside it: the probe's id, the value and the time; empty for none.</summary>
    public string Example { get; init; } = "";

    /// <summary>An example.</summary>
    public static string ExampleOf(string id, double value, double unixSeconds) => string.Create(CultureInfo.InvariantCulture, $"{id} {value:R} {unixSeconds:R}");

    /// <summary>Whether it says since when another one counts, which the text format does not show.</summary>
    public bool IsCreated => Series.AsSpan(0, Series.IndexOf('{', StringComparison.Ordinal)).EndsWith("_created");

    /// <summary>The series of a name and labels; labels with an empty value do not exist.</summary>
    public static string SeriesOf(string name, IEnumerable<(string Name, string Value)> labels) =>
        $"{name}{{{string.Join(',', labels.Where(label => label.Value.Length > 0).OrderBy(label => label.Name, StringComparer.Ordinal).Select(label => $"{label.Name}=\"{label.Value}\""))}}}";
}
