using System.Buffers.Text;
using System.Globalization;

namespace ZmqExporter.Content;

/// <summary>Numbers out of what was found.</summary>
internal static class NumberText
{
    /// <summary>A number, also one that a text holds and nothing else.</summary>
    /// <returns>False for all else, for NaN and for what is infinite.</returns>
    public static bool TryRead(in FoundValue value, out double number)
    {
        number = 0;
        return value.Exists
            && Utf8Parser.TryParse(value.Text, out number, out var read) && read == value.Text.Length
            && double.IsFinite(number);
    }

    /// <summary>A whole number from zero on, exactly.</summary>
    public static bool TryReadWhole(in FoundValue value, out ulong number)
    {
        number = 0;
        return value.Exists && Utf8Parser.TryParse(value.Text, out number, out var read) && read == value.Text.Length;
    }

    /// <summary>The number for a message.</summary>
    public static string Show(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
