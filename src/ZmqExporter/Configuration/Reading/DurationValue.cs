namespace ZmqExporter.Configuration.Reading;

/// <summary>Durations of a config.</summary>
internal static class DurationValue
{
    private const string Remedy = "write a duration such as 15s, 500ms, 1m30s or 2h";
    private const int MaxDigits = 12;

    /// <summary>Reads a duration between two bounds; null after an error.</summary>
    public static TimeSpan? Read(ConfigValue value, TimeSpan least, TimeSpan most) => Read(value, least, most, zero: null);

    /// <summary>Reads a duration between two bounds or zero, which may stand without a unit; null after an error.</summary>
    /// <param name="value">The value.</param>
    /// <param name="least">Least duration beside zero.</param>
    /// <param name="most">Longest duration.</param>
    /// <param name="zero">What zero stands for: "for never".</param>
    public static TimeSpan? ReadOrZero(ConfigValue value, TimeSpan least, TimeSpan most, string zero) => Read(value, least, most, zero);

    private static TimeSpan? Read(ConfigValue value, TimeSpan least, TimeSpan most, string? zero)
    {
        var orZero = zero is null ? "" : $", or 0 {zero}";
        if (value.ReadText(Remedy + orZero) is not { } text)
        {
            return null;
        }

        var isZero = zero is not null && text == "0";
        if (!Durations.TryParse(text, out var duration) && !isZero)
        {
            var (complaint, remedy) = Complain(value, text);
            value.Error(complaint, remedy + orZero);
            return null;
        }

        if (zero is not null && duration == TimeSpan.Zero)
        {
            return duration;
        }

        if (duration < least || duration > most)
        {
            value.Error(
                $"{value.Shown} is too {(duration < least ? "short" : "long")}",
                $"write a duration from {Durations.Show(least)} to {Durations.Show(most)}{orZero}");
            return null;
        }

        return duration;
    }

    private static (string Message, string Remedy) Complain(ConfigValue value, string text) => text switch
    {
        _ when text.Length is > 0 and <= MaxDigits && text.All(char.IsAsciiDigit) && !value.IsFromEnvironment
            => ($"{value.Shown} has no unit", $"write {text}s for seconds or {text}ms for milliseconds"),
        _ when text.StartsWith('-') => ($"{value.Shown} is negative", Remedy),
        _ => ($"{value.Shown} {(text.Contains('.', StringComparison.Ordinal) ? "has a fraction, which durations have not" : "is not a duration")}",
            !value.IsFromEnvironment && Durations.Meant(text) is { } meant ? $"write {meant}" : Remedy),
    };
}
