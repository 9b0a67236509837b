using System.Buffers;
using System.Globalization;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.WebBinding;

/// <summary>Durations as Go has them, which this format takes from there: <c>1.5s</c>, <c>100ms</c>, <c>1h30m</c>.</summary>
internal static class GoDurations
{
    private const string Remedy = "write a duration such as 1s, 100ms or 1m30s, or 0 for no limit";

    private static readonly (string Unit, double Seconds)[] Units =
        [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("h", 3600), ("m", 60), ("s", 1)];

    private static readonly SearchValues<char> Number = SearchValues.Create("0123456789.");

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Reads a duration of up to a day; null after an error.</summary>
    public static TimeSpan? Read(ConfigValue value)
    {
        if (value.ReadText(Remedy) is not { } text)
        {
            return null;
        }

        if (!TryParse(text, out var duration))
        {
            value.Error($"{value.Shown} is not a duration", Remedy);
            return null;
        }

        if (duration > Longest)
        {
            value.Error($"{value.Shown} is too long", "write at most 24h");
            return null;
        }

        return duration;
    }

    private static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        var seconds = 0.0;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var length = rest.IndexOfAnyExcept(Number);
            if (length <= 0 || !double.TryParse(rest[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[length..];
            var unit = UnitOf(rest);
            if (unit.Unit is null)
            {
                return false;
            }

            seconds += number * unit.Seconds;
            rest = rest[unit.Unit.Length..];
        }

        // What is less than a tick is no zero, which would mean something else.
        duration = TimeSpan.FromTicks((long)Math.Ceiling(Math.Min(seconds, 1e9) * TimeSpan.TicksPerSecond));
        return text.Length > 0;
    }

    private static (string? Unit, double Seconds) UnitOf(ReadOnlySpan<char> text)
    {
        foreach (var (unit, seconds) in Units)
        {
            if (text.StartsWith(unit))
            {
                return (unit, seconds);
            }
        }

        return default;
    }
}
