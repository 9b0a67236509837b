using System.Globalization;

namespace ZmqExporter.Configuration;

/// <summary>Whole numbers.</summary>
internal static class Numbers
{
    /// <summary>Reads a whole number between two bounds; null after an error. Quotes around it do no harm: inside [ ] and { } a
    /// variable needs them.</summary>
    public static int? Read(ConfigValue value, int least, int most)
    {
        var remedy = string.Create(CultureInfo.InvariantCulture, $"write a whole number from {least} to {most}");
        if (value.ReadText(remedy) is not { } text)
        {
            return null;
        }

        if (text.Length == 0 || !text.All(char.IsAsciiDigit))
        {
            value.Error($"{value.Shown} is not a whole number", remedy);
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        value.Error($"{value.Shown} is out of range", remedy);
        return null;
    }
}
