namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>What one scrape says of one target.</summary>
internal sealed record TargetView(
    string State, double Misses, double? Reachable, double? Responsive, double? Ready, double Probes, double Missed, double Late, double Stale)
{
    /// <summary>The state of a scrape that caught a change in the middle: families are written one after the other.</summary>
    public const string Changing = "changing";

    private static readonly string[] States = ["unknown", "up", "suspect", "degraded", "down"];

    /// <summary>The answers to the three questions.</summary>
    public (double? Reachable, double? Responsive, double? Ready) Answers => (Reachable, Responsive, Ready);

    /// <summary>The view of a target; <see cref="Changing"/> when not exactly one state is set.</summary>
    public static TargetView Of(MetricSamples samples, string target)
    {
        var label = ("target", target);
        var state = States.Where(state => samples.Value("zmq_target_state", label, ("state", state)) == 1).ToList();
        return new TargetView(
            state.Count == 1 ? state[0] : Changing,
            samples.Value("zmq_target_consecutive_misses", label)!.Value,
            samples.Value("zmq_target_reachable", label),
            samples.Value("zmq_target_responsive", label),
            samples.Value("zmq_target_ready", label),
            samples.Value("zmq_probes_total", label)!.Value,
            samples.Value("zmq_probe_misses_total", label)!.Value,
            samples.Value("zmq_probe_late_total", label)!.Value,
            samples.Value("zmq_probe_stale_replies_total", label)!.Value);
    }

    /// <summary>How often this target missed for this reason.</summary>
    public static double Failures(MetricSamples samples, string target, string reason) =>
        samples.Value("zmq_probe_failures_total", ("target", target), ("reason", reason)) ?? 0;

    /// <summary>Whether every miss had this reason. To be waited for: a scrape may fall between two counters, another reason never goes away.</summary>
    public static bool AllMissesAre(MetricSamples samples, string target, string reason) =>
        Of(samples, target).Missed == Failures(samples, target, reason);

    /// <summary>How often this connection event happened.</summary>
    public static double Events(MetricSamples samples, string target, string connectionEvent) =>
        samples.Value("zmq_connection_events_total", ("target", target), ("event", connectionEvent)) ?? 0;
}
