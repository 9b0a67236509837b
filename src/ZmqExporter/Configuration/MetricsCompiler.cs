using System.Collections.Immutable;
using System.Globalization;

namespace ZmqExporter.Configuration;

/// <summary>Compiles the <c>metrics</c> section.</summary>
internal static class MetricsCompiler
{
    private const int MaxBuckets = 50;
    private const NumberStyles BoundStyle = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingSign;
    private const string Remedy = "write bounds in seconds, ascending: [0.001, 0.01, 0.1]";

    private static readonly Choice<MetricsDetail> Details =
        new("level of detail", [("full", MetricsDetail.Full), ("lean", MetricsDetail.Lean)]);

    /// <summary>Compiles the section; what has errors keeps its default.</summary>
    public static MetricsConfig Compile(ConfigValue value)
    {
        var config = new MetricsConfig();
        if (Section.Open(value, ConfigKeys.Metrics) is not { } section)
        {
            return config;
        }

        if (section.Find("detail") is { } detail && Details.TryRead(detail, out var meaning))
        {
            config = config with { Detail = meaning };
        }

        return section.Find("buckets") is { } buckets ? config with { Buckets = ReadBuckets(buckets) } : config;
    }

    private static ImmutableArray<double> ReadBuckets(ConfigValue value)
    {
        if (value.ReadItems(Remedy) is not { } items)
        {
            return [];
        }

        if (items.Length is 0 or > MaxBuckets)
        {
            value.Error($"there are {items.Length} buckets", $"write 1 to {MaxBuckets} of them");
            return [];
        }

        var bounds = ImmutableArray.CreateBuilder<double>();
        foreach (var item in items)
        {
            if (ReadBound(item) is not { } bound)
            {
                continue;
            }

            if (bounds.Count > 0 && bound <= bounds[^1])
            {
                item.Error($"{item.Shown} is not above the bound before it", Remedy);
            }

            bounds.Add(bound);
        }

        return bounds.ToImmutable();
    }

    private static double? ReadBound(ConfigValue value)
    {
        if (value.ReadText(Remedy) is not { } text)
        {
            return null;
        }

        if (!double.TryParse(text, BoundStyle, CultureInfo.InvariantCulture, out var bound) || !double.IsFinite(bound))
        {
            value.Error($"{value.Shown} is not a number", Remedy);
            return null;
        }

        if (bound <= 0)
        {
            value.Error($"{value.Shown} is not above 0", Remedy);
            return null;
        }

        if (double.IsInteger(bound))
        {
            value.Error(
                $"{value.Shown} is a whole number, which the two exposition formats spell differently (le=\"1\" and le=\"1.0\"): "
                + "one bucket would be two series",
                "write a bound beside it, such as 1.5 or 0.75");
            return null;
        }

        return bound;
    }
}
