namespace ZmqExporter.Configuration.Reading;

/// <summary>Reads numbers of bytes.</summary>
internal static class ByteSizeValue
{
    /// <summary>Reads a size between two bounds; null after an error.</summary>
    public static int? Read(ConfigValue value, int least, int most)
    {
        var remedy = $"write a number with its unit, from {ByteSizes.Show(least)} to {ByteSizes.Show(most)}, such as 16MiB";
        if (value.ReadText(remedy) is not { } text)
        {
            return null;
        }

        if (!ByteSizes.TryParse(text, out var bytes))
        {
            value.Error(Complaint(value, text), remedy);
            return null;
        }

        if (bytes < least || bytes > most)
        {
            value.Error($"{value.Shown} is out of range", remedy);
            return null;
        }

        return (int)bytes;
    }

    private static string Complaint(ConfigValue value, string text) =>
        text.Length > 0 && text.All(char.IsAsciiDigit) ? $"{value.Shown} has no unit"
        : text.EndsWith('B') && text.Length > 2 && text[^2] is 'K' or 'k' or 'M' or 'G' ? $"{value.Shown} has a unit that means two things: 1 MB may be 1,000,000 bytes, and 1MiB is 1,048,576"
        : $"{value.Shown} is not a number of bytes";
}
