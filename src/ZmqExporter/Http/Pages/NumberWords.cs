using System.Globalization;

namespace ZmqExporter.Http.Pages;

/// <summary>Numbers as pages show them: short, and in the same form for every reader.</summary>
internal static class NumberWords
{
    private const double Hundred = 100;
    private const double Precise = 10; // below it, a figure has another digit

    /// <summary>The text, whatever the machine's language.</summary>
    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A whole number with its noun.</summary>
    public static string Count(long count, string one, string many) => Text($"{count} {(count == 1 ? one : many)}");

    /// <summary>A measured duration in the unit that suits it, with three digits or so.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: >= 60 } => Span(duration),
        { TotalSeconds: >= 1 } => Text($"{duration.TotalSeconds:0.##} s"),
        { TotalMilliseconds: >= Hundred } => Text($"{duration.TotalMilliseconds:0} ms"),
        { TotalMilliseconds: >= Precise } => Text($"{duration.TotalMilliseconds:0.#} ms"),
        { TotalMilliseconds: >= 1 } => Text($"{duration.TotalMilliseconds:0.##} ms"),
        _ => Text($"{duration.TotalMicroseconds:0} µs"),
    };

    /// <summary>How long something lasts or is past, in one or two units.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "0 s",
        { TotalMinutes: < 1 } => Text($"{span.Seconds} s"),
        { TotalHours: < 1 } => Text($"{span.Minutes} min"),
        { TotalDays: < 2, Minutes: 0 } => Text($"{(int)span.TotalHours} h"),
        { TotalDays: < 2 } => Text($"{(int)span.TotalHours} h {span.Minutes} min"),
        _ => Text($"{(int)span.TotalDays} d"),
    };

    /// <summary>A part of the whole. What is not the whole never looks like it.</summary>
    public static string Percent(double? ratio) => ratio switch
    {
        null => "–",
        >= 1 => "100 %",
        { } part => Text($"{Math.Floor(part * Hundred * Hundred) / Hundred:0.##} %"),
    };

    /// <summary>A number that came from a peer.</summary>
    public static string Value(double value) => value.ToString("G", CultureInfo.InvariantCulture);
}
