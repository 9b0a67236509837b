namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>What one scrape says of one target.</summary>
internal sealed record TargetView(
    string State, double Misses, double? Reachable, double? Responsive, double? Ready, double Probes, double Missed, double Late, double Stale)
{
    private static readonly string[] States = ["unknown", "up", "suspect", "degraded", "down"];

    /// <summary>The view of a target; exactly one state must be set.</summary>
    public static TargetView Of(MetricSamples samples, string target)
    {
        var label = ("target", target);
        var state = States.Where(state => samples.Value("zmq_target_state", label, ("state", state)) == 1).ToList();
        Assert.Single(state);
        return new TargetView(
            state[0],
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
        samples.Value("zmq_probe_failures_total", ("target", target), ("reason", reason))!.Value;

    /// <summary>How often this connection event happened.</summary>
    public static double Events(MetricSamples samples, string target, string connectionEvent) =>
        samples.Value("zmq_connection_events_total", ("target", target), ("event", connectionEvent))!.Value;
}
