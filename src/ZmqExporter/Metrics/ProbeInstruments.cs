using Prometheus;
using ZmqExporter.Probing;

namespace ZmqExporter.Metrics;

/// <summary>A target's counts and times of probes. Not thread-safe.</summary>
internal sealed class ProbeInstruments(ProbeFamilies families, TargetSeries series)
{
    private readonly Counter.Child _total = series.Add(families.Total);
    private readonly Counter.Child _misses = series.Add(families.Misses);
    private readonly Counter.Child _late = series.Add(families.Late);
    private readonly Counter.Child _staleReplies = series.Add(families.StaleReplies);
    private readonly Gauge.Child _lastTimestamp = series.Add(families.LastTimestamp);
    private readonly Gauge.Child _lastSuccessTimestamp = series.Add(families.LastSuccessTimestamp);
    private readonly Histogram.Child? _duration = families.Duration is { } duration ? series.Add(duration) : null;

    /// <summary>Counts one probe that ended now.</summary>
    public void Record(ProbeResult result, DateTimeOffset now)
    {
        _total.Inc();
        _lastTimestamp.Set(now);
        switch (result.Outcome)
        {
            case ProbeOutcome.OnTime:
                RecordAnswer(result, now);
                break;
            case ProbeOutcome.Late:
                _late.Inc();
                RecordAnswer(result, now);
                break;
            case ProbeOutcome.Miss:
                _misses.Inc();
                break;
            case ProbeOutcome.Pending: // neither good nor bad
            case ProbeOutcome.LocalError: // says nothing about the target; zmq_probe_failures_total{reason="local_error"} counts it
            default:
                break;
        }
    }

    /// <summary>Counts a reply that came after its probe had ended.</summary>
    public void RecordStaleReply() => _staleReplies.Inc();

    private void RecordAnswer(ProbeResult result, DateTimeOffset now)
    {
        _lastSuccessTimestamp.Set(now);
        if (result.RoundTrip is { } roundTrip)
        {
            _duration?.Observe(roundTrip.TotalSeconds);
        }
    }
}
