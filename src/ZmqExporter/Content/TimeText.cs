using System.Globalization;
using System.Text;

namespace ZmqExporter.Content;

/// <summary>Times out of what was found: a number of units since 1970, or ISO 8601.</summary>
internal static class TimeText
{
    private const int MaxLength = 64;

    // From 1973 to 5138 each unit has numbers of its own.
    private const double Milliseconds = 1e11;
    private const double Microseconds = 1e14;
    private const double Nanoseconds = 1e17;

    /// <summary>Reads a time.</summary>
    /// <param name="value">What was found.</param>
    /// <param name="perSecond">Units in a second; null takes the unit by the number's size, and ISO 8601 too; 0 takes ISO 8601 alone.</param>
    /// <param name="seconds">Seconds since 1970.</param>
    /// <returns>False when it is no time.</returns>
    public static bool TryRead(in FoundValue value, long? perSecond, out double seconds)
    {
        if (perSecond is not 0 && NumberText.TryRead(value, out seconds))
        {
            seconds /= perSecond ?? UnitOf(Math.Abs(seconds));
            return true;
        }

        seconds = 0;
        return perSecond is null or 0 && value.Kind == FoundKind.Text && TryReadIso(value.Text, out seconds);
    }

    private static double UnitOf(double number) => number switch
    {
        < Milliseconds => 1,
        < Microseconds => 1e3,
        < Nanoseconds => 1e6,
        _ => 1e9,
    };

    private static bool TryReadIso(ReadOnlySpan<byte> text, out double seconds)
    {
        seconds = 0;
        if (text.Length is 0 or > MaxLength || !char.IsAsciiDigit((char)text[0])
            || !DateTimeOffset.TryParse(
                Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return false;
        }

        seconds = (time - DateTimeOffset.UnixEpoch).TotalSeconds;
        return true;
    }
}
