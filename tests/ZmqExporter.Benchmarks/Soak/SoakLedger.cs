using System.Globalization;

namespace ZmqExporter.Benchmarks.Soak;

/// <summary>The exporter's counters against the servers' own.</summary>
internal static class SoakLedger
{
    /// <summary>Prints the sums.</summary>
    /// <returns>The number of targets whose counters do not agree.</returns>
    public static int Print(IReadOnlyList<SoakServer> servers, MetricSamples samples)
    {
        var probes = ByTarget(samples, "zmq_probes_total");
        var misses = ByTarget(samples, "zmq_probe_misses_total");
        var stale = ByTarget(samples, "zmq_probe_stale_replies_total");
        var refused = ByTarget(samples.Find("zmq_probe_failures_total", ("reason", "unexpected_reply")));
        var local = ByTarget(samples.Find("zmq_probe_failures_total", ("reason", "local_error")));
        var disagree = new List<string>();
        var (answeredAll, staleAll, repliesAll, liesAll, refusedAll, requestsAll) = (0.0, 0.0, 0L, 0L, 0.0, 0L);
        foreach (var server in servers)
        {
            var (requests, replies, lies) = (server.Requests, server.Replies, server.Lies);
            var answered = probes[server.Name] - misses[server.Name] - local.GetValueOrDefault(server.Name);
            var late = stale[server.Name];
            var lied = refused.GetValueOrDefault(server.Name);
            answeredAll += answered;
            staleAll += late;
            repliesAll += replies;
            liesAll += lies;
            refusedAll += lied;
            requestsAll += requests;

            // One probe may be under way while we count, and a lie that came too late is stale.
            if (Math.Abs(answered + late + lied - replies - lies) > 1)
            {
                disagree.Add($"{server.Name}: answered {answered}, stale {late}, unexpected {lied}; the server sent {replies} and {lies} lies");
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"counters: {probes.Values.Sum():0} probes, {requestsAll} requests came; {repliesAll} replies and {liesAll} lies sent = {answeredAll:0} answered + {refusedAll:0} unexpected + {staleAll:0} stale + {repliesAll + liesAll - answeredAll - refusedAll - staleAll:0} unaccounted; {disagree.Count} targets differ by more than the probe under way"));
        foreach (var target in disagree.Take(10))
        {
            Console.WriteLine($"  {target}");
        }

        return disagree.Count;
    }

    private static Dictionary<string, double> ByTarget(MetricSamples samples, string name) => ByTarget(samples.Find(name));

    private static Dictionary<string, double> ByTarget(IEnumerable<MetricSample> samples) =>
        samples.ToDictionary(sample => sample.Labels["target"], sample => sample.Value, StringComparer.Ordinal);
}
