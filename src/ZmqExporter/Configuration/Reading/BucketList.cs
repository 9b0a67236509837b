using System.Collections.Immutable;
using System.Globalization;

namespace ZmqExporter.Configuration.Reading;

/// <summary>Reads <c>buckets</c>, wherever it stands.</summary>
internal static class BucketList
{
    private const int MaxBuckets = 50;
    private const NumberStyles BoundStyle = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingSign;
    private const string Remedy = "write bounds in seconds, ascending: [0.001, 0.01, 0.1]";

    /// <summary>Reads the upper bounds; null after an error.</summary>
    public static ImmutableArray<double>? Read(ConfigValue value)
    {
        if (value.ReadItems(Remedy) is not { } items)
        {
            return null;
        }

        if (items.Length is 0 or > MaxBuckets)
        {
            value.Error($"there are {items.Length} buckets", $"write 1 to {MaxBuckets} of them");
            return null;
        }

        var isGood = true;
        var bounds = ImmutableArray.CreateBuilder<double>(items.Length);
        foreach (var item in items)
        {
            if (ReadBound(item) is not { } bound)
            {
                isGood = false;
                continue;
            }

            if (bounds.Count > 0 && bound <= bounds[^1])
            {
                item.Error($"{item.Shown} is not above the bound before it", Remedy);
                isGood = false;
            }

            bounds.Add(bound);
        }

        return isGood ? bounds.ToImmutable() : null;
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

        return bound;
    }
}
