using System.Buffers;
using System.Globalization;
using System.Text;

namespace ZmqExporter.Configuration;

/// <summary>Durations such as <c>15s</c>, <c>500ms</c> and <c>1m30s</c>: whole numbers with units, the larger unit first.</summary>
internal static class Durations
{
    private const int MaxDigits = 12;
    private const int MillisecondsPerSecond = 1_000;
    private const int MillisecondsPerMinute = 60_000;

    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("d", TimeSpan.FromDays(1)),
        ("h", TimeSpan.FromHours(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("ms", TimeSpan.FromMilliseconds(1)),
    ];

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.,");

    // What people write for each of the units.
    private static readonly string[][] UnitWords =
    [
        ["d", "day", "days"],
        ["h", "hr", "hrs", "hour", "hours"],
        ["m", "min", "mins", "minute", "minutes"],
        ["s", "sec", "secs", "second", "seconds"],
        ["ms", "msec", "msecs", "millisecond", "milliseconds"],
    ];

    /// <summary>The duration as a config would have it: <c>1m30s</c>.</summary>
    public static string Show(TimeSpan duration)
    {
        var text = new StringBuilder();
        foreach (var (unit, length) in Units)
        {
            var count = duration.Ticks / length.Ticks;
            duration -= length * count;
            _ = count > 0 ? text.Append(CultureInfo.InvariantCulture, $"{count}{unit}") : text;
        }

        return text.Length == 0 ? "0s" : text.ToString();
    }

    /// <summary>The duration for a sentence: seconds up to two minutes, and from there on the units that people think in: "2 h", "1 h 30 min".</summary>
    public static string Words(TimeSpan duration)
    {
        if (duration < TimeSpan.FromMinutes(2))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###} s");
        }

        var rest = TimeSpan.FromSeconds(Math.Round(duration.TotalSeconds));
        (int Count, string Unit)[] parts = [(rest.Days, "d"), (rest.Hours, "h"), (rest.Minutes, "min"), (rest.Seconds, "s")];
        return string.Join(' ', parts.Where(part => part.Count > 0).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Unit}")));
    }

    /// <summary>The duration that a text was probably meant to be, as it has to be written: 500ms for 0.5s; null when that is not clear.</summary>
    public static string? Meant(string text)
    {
        var plain = TypographicText.Plain(text);
        var end = plain.AsSpan().IndexOfAnyExcept(NumberCharacters);
        var (number, word) = end < 0 ? ("", "") : (plain[..end].Replace(',', '.'), plain[end..].Trim());
        var unit = Array.FindIndex(UnitWords, words => words.Contains(word, StringComparer.OrdinalIgnoreCase));
        if (unit < 0 || number.Length > MaxDigits || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        var milliseconds = count * Units[unit].Length.Ticks / TimeSpan.TicksPerMillisecond;
        return milliseconds != decimal.Truncate(milliseconds) || milliseconds > (decimal)TimeSpan.MaxValue.TotalMilliseconds / 2 || milliseconds <= 0
            ? null
            : milliseconds < MillisecondsPerMinute && milliseconds % MillisecondsPerSecond != 0
                ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0}ms")
            : Show(TimeSpan.FromMilliseconds((double)milliseconds));
    }

    /// <summary>Reads a duration; false when it is none.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var rest = text.AsSpan();
        foreach (var (unit, length) in Units)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            var after = digits > 0 ? rest[digits..] : default;
            if (digits is > 0 and <= MaxDigits && after.StartsWith(unit) && !(unit == "m" && after.StartsWith("ms")))
            {
                var ticks = (decimal)long.Parse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture) * length.Ticks;
                duration = new TimeSpan((long)Math.Min(ticks + duration.Ticks, long.MaxValue));
                rest = after[unit.Length..];
            }
        }

        return rest.IsEmpty && text.Length > 0;
    }
}
