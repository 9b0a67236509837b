using ZmqExporter.Targets.History;

namespace ZmqExporter.Http.Pages;

/// <summary>An hour.</summary>
/// <param name="At">When it began.</param>
/// <param name="Counts">Its probes.</param>
internal sealed record HourRow(DateTimeOffset At, HourCounts Counts)
{
    /// <summary>When it began.</summary>
    public PageTime Began => PageTime.Of(At);

    /// <summary>The part that was answered.</summary>
    public string Availability => NumberWords.Percent(Counts.Availability);

    /// <summary>All of it.</summary>
    public string Words => $"{PageTime.Utc(At)}: {(Counts.Probes == 0 ? "no probes" : $"{Availability} of {NumberWords.Count(Counts.Probes, "probe", "probes")}")}";
}
