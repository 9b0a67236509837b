using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>Writes numbers as .NET does: in the fewest digits that give the same double again.</summary>
/// <remarks>A double tells any two decimals of 15 digits apart. So where a number is one of them it is written from its digits, which takes a
/// fifth of the time of the search for the shortest: nearly all of our values are whole, milliseconds, or a few ten-millionths.</remarks>
internal static class ShortestDecimal
{
    private const double MaxExact = 1L << 53; // above it a double is no exact whole number
    private const double MaxDigits = 1e15;
    private const double LeastWithoutExponent = 1e-4; // below it .NET writes 1E-05
    private const int MostDecimals = 7; // of a TimeSpan in seconds
    private const int FewDecimals = 3; // of an instant in seconds

    /// <summary>Writes a number; the place must have 32 bytes.</summary>
    /// <returns>How many bytes it took.</returns>
    [MethodImpl(FirstScrape.Hot)]
    public static int Format(double value, Span<byte> to)
    {
        int written;
        if (value == (long)value && Math.Abs(value) < MaxExact)
        {
            Utf8Formatter.TryFormat((long)value, to, out written);
            return written;
        }

        if (value is >= LeastWithoutExponent and < MaxDigits)
        {
            written = value < MaxDigits / 1e7 ? TryDecimals(value, 10_000_000, MostDecimals, to)
                : value < MaxDigits / 1e3 ? TryDecimals(value, 1_000, FewDecimals, to)
                : 0;
            if (written > 0)
            {
                return written;
            }
        }

        if (double.IsPositiveInfinity(value))
        {
            "+Inf"u8.CopyTo(to);
            return 4;
        }

        value.TryFormat(to, out written, provider: CultureInfo.InvariantCulture);
        return written;
    }

    // Nothing when the number has more decimals.
    [MethodImpl(FirstScrape.Hot)]
    private static int TryDecimals(double value, long scale, int decimals, Span<byte> to)
    {
        var scaled = (long)Math.Round(value * scale);
        if (scaled / (double)scale != value)
        {
            return 0;
        }

        var (whole, rest) = Math.DivRem(scaled, scale);
        Utf8Formatter.TryFormat(whole, to, out var length);
        to[length++] = (byte)'.';
        for (var place = decimals - 1; place >= 0; place--)
        {
            (rest, var digit) = Math.DivRem(rest, 10);
            to[length + place] = (byte)('0' + digit);
        }

        length += decimals;
        while (to[length - 1] == '0')
        {
            length--;
        }

        return length;
    }
}
