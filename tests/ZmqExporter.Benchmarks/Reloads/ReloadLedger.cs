using System.Globalization;

namespace ZmqExporter.Benchmarks.Reloads;

/// <summary>What the targets noticed that are the same in each configuration.</summary>
internal sealed class ReloadLedger
{
    // A scrape and a probe have no common clock: one at each end may be counted here or there.
    private const double Tolerance = 2;

    private readonly Dictionary<string, (TimeSpan At, double Probes)> _first = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _last = new(StringComparer.Ordinal);
    private MetricSamples? _latest;
    private TimeSpan _latestAt;
    private double _skippedBefore;
    private int _wentBack;
    private int _absent;
    private int _scrapes;

    /// <summary>Whether they noticed nothing.</summary>
    public bool IsClean => _wentBack + _absent + Reconnected + Skipped + Missed + Lost == 0;

    private double Skipped => (_latest!.Value("zmq_exporter_probes_skipped_total") ?? 0) - _skippedBefore;

    private double Missed => Of("zmq_probe_misses_total").Sum(sample => sample.Value);

    private double Reconnected => Of("zmq_connection_events_total").Where(sample => sample.Labels["event"] == "connected").Sum(sample => sample.Value - 1);

    // Targets with fewer probes than seconds.
    private int Lost => _first.Count(target => (_latestAt - target.Value.At).TotalSeconds - (_last[target.Key] - target.Value.Probes) > Tolerance);

    /// <summary>A scrape.</summary>
    /// <param name="at">When it was done.</param>
    /// <param name="samples">What it says.</param>
    public void Take(TimeSpan at, MetricSamples samples)
    {
        (_latest, _latestAt) = (samples, at);
        _skippedBefore = _scrapes++ == 0 ? samples.Value("zmq_exporter_probes_skipped_total") ?? 0 : _skippedBefore;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var sample in Of("zmq_probes_total"))
        {
            var name = sample.Labels["target"];
            seen.Add(name);
            _wentBack += sample.Value < _last.GetValueOrDefault(name) ? 1 : 0;
            _last[name] = sample.Value;
            _first.TryAdd(name, (at, sample.Value));
        }

        _absent += _first.Keys.Count(name => !seen.Contains(name));
    }

    /// <summary>Prints it.</summary>
    public void Print() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{_first.Count} targets that stay, {_scrapes} scrapes: {_first.Sum(target => _last[target.Key] - target.Value.Probes):0} probes, {Skipped:0} skipped, {Lost} targets with fewer probes than seconds, {Missed:0} misses, {Reconnected:0} new connections, {_wentBack} counters that went back, {_absent} times that one was not there"));

    private IEnumerable<MetricSample> Of(string name) =>
        _latest!.Find(name).Where(sample => sample.Labels["target"].StartsWith(ReloadFiles.Stays, StringComparison.Ordinal));
}
