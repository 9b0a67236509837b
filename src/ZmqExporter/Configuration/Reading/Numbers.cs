using System.Globalization;

namespace ZmqExporter.Configuration.Reading;

/// <summary>Whole numbers and ratios.</summary>
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

    /// <summary>Reads a ratio above 0 and below 1; null after an error.</summary>
    public static double? ReadRatio(ConfigValue value)
    {
        const string Remedy = "write a ratio above 0 and below 1, such as 0.999";
        if (value.ReadText(Remedy) is not { } text)
        {
            return null;
        }

        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var ratio))
        {
            value.Error(
                $"{value.Shown} is not a ratio", text.EndsWith('%') ? "write it without the percent sign: 99.9% is 0.999" : Remedy);
            return null;
        }

        if (ratio is > 0 and < 1)
        {
            return ratio;
        }

        value.Error($"{value.Shown} is not above 0 and below 1", ratio is > 1 and < 100 ? $"{Remedy}, which is 99.9 %" : Remedy);
        return null;
    }
}
