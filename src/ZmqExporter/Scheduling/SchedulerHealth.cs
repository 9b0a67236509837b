using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Scheduling;

/// <summary>Whether probes still start and end when they should. Thread-safe; asked by <c>/-/healthy</c>.</summary>
/// <remarks>The scheduler's supervisor reports here, but the judgement does not wait for it: a supervisor that is gone is a reason too.</remarks>
internal sealed class SchedulerHealth
{
    /// <summary>How late the timer queue may be.</summary>
    public static readonly TimeSpan OverdueLimit = TimeSpan.FromSeconds(10);

    /// <summary>How old the supervisor's last sign of life may be.</summary>
    public static readonly TimeSpan HeartbeatLimit = TimeSpan.FromSeconds(30);

    private readonly TimerQueue _timers;
    private readonly MeasurementError _error;
    private Timestamp _heartbeat;
    private int _stuck;

    /// <summary>Watches a queue and the canary. The supervisor has from now to its first sign of life.</summary>
    public SchedulerHealth(TimerQueue timers, MeasurementError error)
    {
        _timers = timers;
        _error = error;
        _heartbeat = timers.Now;
    }

    /// <summary>Is called at each report, on the supervisor's thread: when that is gone, nobody calls it. Must not throw. Set before the start.</summary>
    public Action? OnReport { get; set; }

    /// <summary>The supervisor's sign of life.</summary>
    /// <param name="stuck">How many probes are stuck.</param>
    public void Report(int stuck)
    {
        Volatile.Write(ref _stuck, stuck);
        Timestamp.VolatileWrite(ref _heartbeat, _timers.Now);
        OnReport?.Invoke();
    }

    /// <summary>The verdict.</summary>
    /// <param name="reason">One sentence for people when it is unhealthy, else null.</param>
    public bool IsHealthy([NotNullWhen(false)] out string? reason)
    {
        var overdue = _timers.Overdue;
        var silence = _timers.Now - Timestamp.VolatileRead(ref _heartbeat);
        var stuck = Volatile.Read(ref _stuck);
        reason =
            overdue > OverdueLimit ? Sentence($"no timer has run for {overdue.TotalSeconds:0.0} s: probes do not start")
            : silence > HeartbeatLimit ? Sentence($"the scheduler's supervisor has been silent for {silence.TotalSeconds:0.0} s")
            : stuck > 0 ? Sentence($"{stuck} probes did not end after their timeout")
            : _error.Silence is { } mute && mute > MeasurementError.SilenceLimit
                ? Sentence($"the canary, a peer inside the exporter itself, has not been answered for {mute.TotalSeconds:0.0} s: probes prove nothing")
            : null;
        return reason is null;
    }

    private static string Sentence(FormattableString sentence) => sentence.ToString(CultureInfo.InvariantCulture);
}
