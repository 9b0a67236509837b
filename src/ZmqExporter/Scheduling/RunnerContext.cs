using Microsoft.Extensions.Logging;
using ZmqExporter.Metrics;
using Zmtp;

namespace ZmqExporter.Scheduling;

/// <summary>What all runners share.</summary>
/// <param name="Timers">The clock of all due times.</param>
/// <param name="Self">The self-monitoring metrics.</param>
/// <param name="InFlight">Counts running probes.</param>
/// <param name="Logger">Where runners log.</param>
/// <param name="Stopping">Ends every running probe.</param>
internal sealed record RunnerContext(
    TimerQueue Timers,
    SelfMetrics Self,
    ProbesInFlight InFlight,
    ILogger<TargetRunner> Logger,
    CancellationToken Stopping)
{
    /// <summary>Notices when this process did not get to run.</summary>
    public StallWatch Stalls { get; } = new(Timers.Time);

    /// <summary>What of this host or process keeps targets from being probed.</summary>
    public SharedCauses SharedCauses { get; } = new(Timers.Time);
}
