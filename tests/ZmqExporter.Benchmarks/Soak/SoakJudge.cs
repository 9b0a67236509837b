using System.Diagnostics;

namespace ZmqExporter.Benchmarks.Soak;

/// <summary>Compares what the exporter says of each server with what that server does.</summary>
internal sealed class SoakJudge(IReadOnlyList<SoakServer> servers, OwnLateness lateness)
{
    private readonly Dictionary<string, SoakServer> _servers = servers.ToDictionary(server => server.Name, StringComparer.Ordinal);
    private readonly Dictionary<string, int> _wrong = new(StringComparer.Ordinal);
    private Dictionary<(string Target, string Reason), double> _failures = [];
    private long _lastAsked;

    /// <summary>Targets that were looked at while their server had been the same for long enough.</summary>
    public int Judged { get; private set; }

    /// <summary>Wrong states and reasons at a time when this process, with the servers in it, was late itself.</summary>
    public int Excused { get; private set; }

    /// <summary>Wrong states and reasons.</summary>
    public int Wrong => _wrong.Values.Sum();

    /// <summary>Each kind of wrong with its number.</summary>
    public IEnumerable<string> Kinds => _wrong.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Value} × {pair.Key}");

    /// <summary>Judges a scrape that was asked for and came between two times.</summary>
    public void Judge(MetricSamples samples, long asked)
    {
        var failures = samples.Find("zmq_probe_failures_total").ToDictionary(sample => (sample.Labels["target"], sample.Labels["reason"]), sample => sample.Value);
        var reasons = failures.Where(pair => pair.Value > _failures.GetValueOrDefault(pair.Key))
            .ToLookup(pair => pair.Key.Item1, pair => pair.Key.Item2, StringComparer.Ordinal);
        _failures = failures;
        var lastAsked = Interlocked.Exchange(ref _lastAsked, asked);
        foreach (var sample in samples.Find("zmq_target_state").Where(sample => sample.Value > 0))
        {
            var server = _servers[sample.Labels["target"]];
            var (mode, since) = (server.Mode, server.Since);
            if (Stopwatch.GetElapsedTime(since, asked) < SoakTimes.Settled || since > lastAsked)
            {
                continue;
            }

            Judged++;
            var state = sample.Labels["state"];
            var seen = Stopwatch.GetElapsedTime(since, lastAsked) < SoakTimes.Settled ? [] : reasons[server.Name].Except(mode.Reasons, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
            var isRight = state == mode.State && seen is [];
            if (isRight)
            {
                continue;
            }

            if (lateness.Since(asked - (Stopwatch.Frequency * (long)SoakTimes.Settled.TotalSeconds)))
            {
                Excused++;
            }
            else
            {
                var kind = $"{mode.Name}: {state} {string.Join('+', seen)}".TrimEnd();
                _wrong[kind] = _wrong.GetValueOrDefault(kind) + 1;
            }
        }
    }
}
