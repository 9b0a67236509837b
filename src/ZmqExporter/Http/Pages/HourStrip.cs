using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Http.Pages;

/// <summary>The availability of each hour of a week, a row for each day of UTC, as an SVG. The more was missed, the smaller the mark. Immutable.</summary>
/// <param name="hours">The hours.</param>
/// <param name="now">The time.</param>
internal sealed class HourStrip(HourlySnapshot hours, DateTimeOffset now) : IHtmlContent
{
    private const int Day = 24;
    private const int Days = 8; // a week that begins in the middle of a day
    private const int Step = 22;
    private const int Left = 48;
    private const int Cell = 18;
    private const int TextDrop = 13;
    private const int Axis = 16;

    /// <summary>The hours in which something was missed, the newest first.</summary>
    public ImmutableArray<HourRow> Bad { get; } =
        [.. hours.Hours.Select((counts, hour) => new HourRow(hours.First.AddHours(hour), counts)).Where(static hour => hour.Counts.Misses > 0).Reverse()];

    /// <summary>All of it in words.</summary>
    public string Summary =>
        $"Availability by hour over 7 days: {NumberWords.Percent(hours.Last(HourlyCounts.Hours, now).Availability)}, with misses in {NumberWords.Count(Bad.Length, "hour", "hours")}";

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        writer.Write(NumberWords.Text($"<svg class=\"chart\" role=\"img\" viewBox=\"0 0 {Left + (Day * Step)} {(Days * Step) + Axis}\" aria-label=\""));
        writer.Write(encoder.Encode(Summary));
        writer.Write("\">");
        for (var row = 0; row < Days; row++)
        {
            var day = today.AddDays(row - Days + 1);
            writer.Write(NumberWords.Text($"<text x=\"0\" y=\"{(row * Step) + TextDrop}\">{day.ToString("MMM d", CultureInfo.InvariantCulture)}</text>"));
        }

        for (var hour = 0; hour < Day; hour += 6)
        {
            writer.Write(NumberWords.Text($"<text x=\"{Left + (hour * Step)}\" y=\"{(Days * Step) + TextDrop}\">{hour:00}:00</text>"));
        }

        for (var i = 0; i < hours.Hours.Length; i++)
        {
            WriteHour(writer, encoder, hours.First.AddHours(i), hours.Hours[i], today);
        }

        writer.Write("</svg>");
    }

    private static void WriteHour(TextWriter writer, HtmlEncoder encoder, DateTimeOffset at, HourCounts counts, DateTimeOffset today)
    {
        var row = Days - 1 + (int)(new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero) - today).TotalDays;
        if (row is < 0 or >= Days)
        {
            return;
        }

        var (kind, size) = counts.Availability switch
        {
            null => ("none", 4),
            >= 1 => ("all", Cell),
            >= 0.99 => ("most", 15),
            >= 0.5 => ("part", 12),
            _ => ("few", 8),
        };
        var (x, y) = (Left + (at.UtcDateTime.Hour * Step), (row * Step) + ((Cell - size) / 2));
        writer.Write(NumberWords.Text($"<rect class=\"h-{kind}\" x=\"{x + ((Cell - size) / 2)}\" y=\"{y}\" width=\"{size}\" height=\"{size}\"><title>"));
        writer.Write(encoder.Encode(new HourRow(at, counts).Words));
        writer.Write("</title></rect>");
    }
}
