using System.Globalization;

namespace ZmqExporter.Benchmarks.Rules;

/// <summary>The past of a fleet: what an exporter with metrics.detail standard shows of each target, as far as rules and the fleet's dashboard read it.</summary>
/// <remarks>Of a hundred targets one misses every tenth probe, and one has been down for an hour. The rest is well.</remarks>
internal sealed class FleetHistory(RemoteWriter writer, int targets, long now)
{
    public const int ScrapeSeconds = 15;

    private const int RecordSeconds = 60;
    private const int RawHours = 3;
    private const int Day = 86_400;
    private const int Ahead = 20 * 60; // for as long as rules are evaluated

    private static readonly (string Column, double Value)[] Troubles =
    [
        ("state", 4), ("rank", 409_000_000_000), ("state_change_timestamp_seconds", 0), ("reachable", 0), ("responsive", 0), ("ready", 0), ("consecutive_misses", 9),
        ("last_success_timestamp_seconds", 0), ("info", 1), ("flapping", 0),
    ];

    private readonly Dictionary<string, byte[]> _samples = new(StringComparer.Ordinal);
    private long _written;

    private enum Kind
    {
        Well,
        Gray,
        Down,
    }

    private long OutageStart => now - 3600;

    /// <summary>Writes all, and returns the number of series.</summary>
    public async Task<long> WriteAsync()
    {
        await WriteExporterAsync();
        for (var i = 0; i < targets; i++)
        {
            var kind = (i % 100) switch { 50 => Kind.Gray, 51 => Kind.Down, _ => Kind.Well };
            var name = string.Create(CultureInfo.InvariantCulture, $"target{i:00000}");
            await WriteStateAsync(name, kind);
            await WriteProbesAsync(name, kind);
            await WriteRecordsAsync(name, kind);
        }

        await writer.FlushAsync();
        return _written;
    }

    private async Task WriteExporterAsync()
    {
        foreach (var metric in (string[])["up", "zmq_exporter_build_info", "zmq_exporter_config_last_reload_successful", "zmq_exporter_shards"])
        {
            await WriteSeriesAsync(metric, [], Raw("one", _ => 1));
        }

        await WriteSeriesAsync("zmq_exporter_shard", [], Raw("zero", _ => 0));
        await WriteSeriesAsync("zmq_exporter_targets", [], Raw("targets", _ => targets));
        await WriteSeriesAsync("zmq_exporter:targets_hung:sum", [], Recorded("recorded zero", _ => 0));
        await WriteSeriesAsync("zmq_exporter:targets_flapping:sum", [], Recorded("recorded zero", _ => 0));
        foreach (var state in (string[])["up", "degraded", "suspect", "down", "unknown"])
        {
            await WriteSeriesAsync("zmq_exporter:target_states:sum", [("state", state)], Recorded("recorded targets", _ => targets));
        }
    }

    private async Task WriteStateAsync(string target, Kind kind)
    {
        bool IsDown(long time) => kind == Kind.Down && time >= OutageStart;
        Task Write(string metric, string pattern, Func<long, double?> value, params (string, string)[] labels) =>
            WriteSeriesAsync(metric, [("module", "ping"), ("target", target), .. labels], Raw(pattern, value));

        await Write("zmq_target_info", "one", _ => 1, ("client", "zmtp"), ("endpoint", $"tcp://{target}:5555"), ("prober", "request"));
        await Write("zmq_target_down_after_misses", "three", _ => 3);
        await Write("zmq_target_late_after_seconds", "late", _ => 0.5);
        await Write("zmq_target_interval_seconds", "interval", _ => ScrapeSeconds);
        await Write("zmq_target_objective_ratio", "objective", _ => 0.999);
        await Write("zmq_target_state", $"up {kind}", time => IsDown(time) ? 0 : 1, ("state", "up"));
        await Write("zmq_target_state", $"down {kind}", time => IsDown(time) ? 1 : 0, ("state", "down"));
        foreach (var state in (string[])["degraded", "suspect", "unknown"])
        {
            await Write("zmq_target_state", "zero", _ => 0, ("state", state));
        }

        await Write("zmq_target_flapping", "zero", _ => 0);
        await Write("zmq_target_consecutive_misses", $"misses in a row {kind}", time => IsDown(time) ? 1 + ((time - OutageStart) / ScrapeSeconds) : 0);
        await Write("zmq_target_failing", $"failing {kind}", time => IsDown(time) ? 1 : null, ("reason", "refused"));
        await Write("zmq_target_state_change_timestamp_seconds", $"change {kind}", time => IsDown(time) ? OutageStart : now - Day);
        await Write("zmq_target_state_changes_total", "one", _ => 1, ("to", "up"));
        await Write("zmq_target_state_changes_total", $"to down {kind}", time => IsDown(time) ? 1 : null, ("to", "down"));
        foreach (var question in (string[])["reachable", "responsive", "ready"])
        {
            await Write($"zmq_target_{question}", $"up {kind}", time => IsDown(time) ? 0 : 1);
        }

        await Write("zmq_probe_overdue_seconds", "zero", _ => 0);
    }

    private async Task WriteProbesAsync(string target, Kind kind)
    {
        double Probes(long time) => (time - now + Day) / ScrapeSeconds;
        double Misses(long time) => kind switch
        {
            Kind.Gray => Math.Floor(Probes(time) / 10),
            Kind.Down when time >= OutageStart => (time - OutageStart) / ScrapeSeconds,
            _ => 0,
        };
        Task Write(string metric, string pattern, Func<long, double?> value, params (string, string)[] labels) =>
            WriteSeriesAsync(metric, [("module", "ping"), ("target", target), .. labels], Raw($"{pattern} {kind}", value));

        await Write("zmq_probes_total", "probes", time => Probes(time));
        await Write("zmq_probe_misses_total", "misses", time => Misses(time));
        await Write("zmq_probe_failures_total", "failures", time => Misses(time) > 0 ? Misses(time) : null, ("reason", "refused"));
        await Write("zmq_probe_last_timestamp_seconds", "last", time => time - 0.5);
        await Write("zmq_connection_events_total", "one", _ => 1, ("event", "connected"));
        await Write("zmq_connection_events_total", "one", _ => 1, ("event", "handshake_succeeded"));
        await Write("zmq_probe_duration_seconds_sum", "sum", time => 0.004 * (Probes(time) - Misses(time)));
        await Write("zmq_probe_duration_seconds_count", "count", time => Probes(time) - Misses(time));

        await Write("zmq_probe_last_success_timestamp_seconds", "success", time => kind == Kind.Down && time >= OutageStart ? OutageStart : time - 0.5);
    }

    // What the rules have recorded before: the longest windows need it.
    private async Task WriteRecordsAsync(string target, Kind kind)
    {
        double? PerProbe(long time) => kind switch { Kind.Gray => 0.1, Kind.Down when time >= OutageStart => 1, _ => null };
        foreach (var (suffix, seconds) in ((string, int)[])[("5m", 300), ("30m", 1800)])
        {
            double probes = seconds / ScrapeSeconds;
            await Write($"zmq_target:probe_misses:increase{suffix}", time => probes * PerProbe(time));
        }

        await Write("zmq_target:stray_misses:increase5m", time => kind == Kind.Gray ? 2 : null);
        if (target.EndsWith("050", StringComparison.Ordinal))
        {
            await Write("zmq_target:slowest:mean5m", _ => 0.2);
        }

        foreach (var (column, value) in Troubles)
        {
            (string, string)[] more = column == "info" ? [("client", "zmtp"), ("endpoint", $"tcp://{target}:5555"), ("prober", "request")] : [];
            await Write($"zmq_target:trouble:{column}", time => kind == Kind.Down && time >= OutageStart ? value : null, more);
        }

        Task Write(string metric, Func<long, double?> value, params (string, string)[] more) => WriteSeriesAsync(
            metric, [("module", "ping"), ("target", target), .. more], Recorded($"{metric} {kind}", value));
    }

    private async Task WriteSeriesAsync(string metric, (string Name, string Value)[] labels, byte[] samples)
    {
        (string Name, string Value)[] all = [("__name__", metric), ("instance", "exporter:19555"), ("job", "zmq_exporter"), .. labels];
        await writer.WriteAsync(all.OrderBy(label => label.Name, StringComparer.Ordinal), samples);
        _written += samples.Length > 0 ? 1 : 0;
    }

    private byte[] Raw(string pattern, Func<long, double?> value) => Samples(pattern, now - (RawHours * 3600), ScrapeSeconds, value);

    // The rules go on with it.
    private byte[] Recorded(string pattern, Func<long, double?> value) => Samples(pattern, now - (3 * Day), RecordSeconds, value, ahead: 0);

    // Targets of a kind share their samples.
    private byte[] Samples(string pattern, long start, int step, Func<long, double?> value, int ahead = Ahead)
    {
        if (!_samples.TryGetValue(pattern, out var samples))
        {
            _samples.Add(pattern, samples = RemoteWriter.Samples(start, now + ahead, step, value));
        }

        return samples;
    }
}
