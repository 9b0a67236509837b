using ZmqExporter.OnDemand;

namespace ZmqExporter.Http.Pages;

/// <summary>A probe on demand.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Started">When it began.</param>
/// <param name="Endpoint">What was probed.</param>
/// <param name="Module">How.</param>
/// <param name="State">The class of its colour.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record OnDemandRow(long Id, PageTime Started, string Endpoint, string Module, string State, string Result, string Duration)
{
    /// <summary>Makes it.</summary>
    public static OnDemandRow Of(RecentProbe probe) => new(
        probe.Id,
        PageTime.Of(probe.Started),
        probe.Endpoint,
        probe.Module,
        probe.IsSuccess ? "up" : "down",
        probe.IsSuccess ? "success" : $"failure: {probe.Reason}",
        NumberWords.Text($"{probe.Duration.TotalSeconds:0.000} s"));
}
