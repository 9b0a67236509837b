using System.Globalization;

namespace ZmqExporter.Configuration;

/// <summary>Numbers of bytes as a config writes them: <c>16MiB</c>.</summary>
internal static class ByteSizes
{
    private static readonly (string Unit, long Bytes)[] Units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

    /// <summary>Reads a size.</summary>
    /// <returns>False when it is none, or more than a number of 64 bits can say.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        foreach (var (unit, factor) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                var isNumber = long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
                bytes = isNumber && number <= long.MaxValue / factor ? number * factor : 0;
                return isNumber && number <= long.MaxValue / factor;
            }
        }

        bytes = 0;
        return false;
    }

    /// <summary>The size in the largest unit in which it is a whole number.</summary>
    public static string Show(long bytes)
    {
        var (unit, factor) = Array.Find(Units, unit => bytes % unit.Bytes == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / factor}{unit}");
    }
}
