namespace ZmqExporter.OnDemand;

/// <summary>What somebody who asks for a probe gets: a report or a refusal. Immutable.</summary>
/// <param name="Report">What came of it, or null.</param>
/// <param name="Refusal">Why there was no probe, or null.</param>
/// <param name="IsBusy">Whether the same question may be asked again soon; else it is a bad one.</param>
internal sealed record ProbeAnswer(ProbeReport? Report, string? Refusal = null, bool IsBusy = false)
{
    /// <summary>Where the report is kept for a while; null without one.</summary>
    public long? Id { get; init; }

    /// <summary>There is no probe of this.</summary>
    public static ProbeAnswer Bad(string why) => new(null, why);

    /// <summary>There is no probe now.</summary>
    public static ProbeAnswer Busy(string why) => new(null, why, IsBusy: true);
}
