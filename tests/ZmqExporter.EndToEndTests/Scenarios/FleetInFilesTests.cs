using System.Text.RegularExpressions;
using ZmqExporter.EndToEndTests.Alerts;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>
/// Fifty servers in two data centres from a directory of lists. One moves, one goes to the other data centre, one is renamed, one is removed; then
/// one breaks. The dashboards, the board and the pager are right all along.
/// </summary>
public sealed partial class FleetInFilesTests
{
    private const string Page = "page";
    private const string Berlin = "berlin";
    private const string Paris = "paris";

    // Probes are answered or refused at once; the rest is for a busy machine.
    private const string Modules = """
        defaults: {modules: [ping], interval: 2s, timeout: 2s}
        modules:
          ping: {prober: request, send: [ping], expect: [{equals: pong}], policy: {late_after: 1900ms}}

        """;

    [Fact]
    public async Task Fleet_ServersMoveAreRenamedAndRemoved_EverybodySeesWhatIsThereAndNobodyIsWoken()
    {
        await using var fleet = await FleetInFiles.StartAsync(25, Berlin, Paris);
        await using var exporter = await ExporterProcess.StartAsync($"{Modules}target_files: ['{fleet.Pattern}']\n");
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var alertmanager = await AlertmanagerServer.StartAsync(AlertmanagerExample.For(receiver.Address));
        await using var prometheus = await PrometheusServer.StartAsync(
            exporter.Address, alertmanager.Address, ruleFiles: Path.Combine(Repository.Root, "alerts", "*.rules.yml"));
        await AssertSeenAsync(fleet, exporter, prometheus);
        var begin = await NowAsync(prometheus);
        var before = await exporter.ScrapeAsync();

        var endOldPlace = await fleet.MoveAsync(Berlin, "berlin-1");
        await exporter.EventuallyAsync(samples => samples.Value("zmq_target_info", ("target", "berlin-1"), ("endpoint", fleet.EndpointOf("berlin-1"))) == 1
            && samples.Value("zmq_connection_events_total", ("target", "berlin-1"), ("event", "handshake_succeeded")) == 2);
        await endOldPlace();
        await AssertSeenAsync(fleet, exporter, prometheus);

        fleet.MoveToSite(Paris, Berlin, "paris-2");
        await exporter.EventuallyAsync(samples => samples.Value("zmq_target_info", ("target", "paris-2"), ("dc", Berlin)) == 1);
        await AssertSeenAsync(fleet, exporter, prometheus);

        fleet.Rename(Paris, "paris-3", "lyon-3");
        await AssertSeenAsync(fleet, exporter, prometheus);

        var endRemoved = fleet.Remove(Paris, "paris-4");
        await AssertSeenAsync(fleet, exporter, prometheus);
        await endRemoved();

        var after = await exporter.ScrapeAsync();
        AssertUndisturbed(before, after, [.. fleet.Names.Except(["berlin-1", "paris-2", "lyon-3"], StringComparer.Ordinal)]);
        AssertCountersGoOn(before, after, ["berlin-1", "paris-2"]);
        await AssertCalmSinceAsync(prometheus, begin);
        Assert.Empty(receiver.Of(Page));

        await AssertOnlyTheBrokenOneWakesAsync(fleet, exporter, prometheus, receiver, "berlin-1");
    }

    // The list, the metrics, the board and the dashboards have the same servers, all of them up.
    private static async Task AssertSeenAsync(FleetInFiles fleet, ExporterProcess exporter, PrometheusServer prometheus)
    {
        await exporter.EventuallyAsync(samples => fleet.Names.SequenceEqual(Up(samples), StringComparer.Ordinal));
        var page = await exporter.GetTextAsync("/");
        Assert.Equal(fleet.Names, Row().Matches(page).Select(row => row.Groups["name"].Value).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Contains($"<b>{fleet.Names.Count}</b> <span class=\"state up\">", page, StringComparison.Ordinal);

        await prometheus.EventuallyAsync("zmq_target_state{state=\"up\"} == 1", samples =>
            fleet.Names.SequenceEqual(samples.Select(sample => sample.Labels["target"]).Order(StringComparer.Ordinal), StringComparer.Ordinal));
        var dashboards = new DashboardSession(prometheus);
        Assert.Empty(await dashboards.AskAsync("zmq-fleet.json", "Not well now: what, since when, why"));
        Assert.Single(await prometheus.QueryAsync($"sum(zmq_target_state{{state=\"up\"}}) == {fleet.Names.Count}"));
        Assert.Equal(
            fleet.Names.Count, (await prometheus.QueryAsync("sum(zmq_exporter_discovery_targets)"))[0].Value);
    }

    private static IEnumerable<string> Up(MetricSamples samples) => samples.Find("zmq_target_state", ("state", "up"))
        .Where(sample => sample.Value == 1).Select(sample => sample.Labels["target"]).Order(StringComparer.Ordinal);

    private static void AssertUndisturbed(MetricSamples before, MetricSamples after, string[] names)
    {
        Assert.Equal(46, names.Length);
        AssertCountersGoOn(before, after, names);
        Assert.All(names, name => Assert.Equal(1, after.Value("zmq_connection_events_total", ("target", name), ("event", "connected"))));
    }

    private static void AssertCountersGoOn(MetricSamples before, MetricSamples after, string[] names) => Assert.All(names, name =>
    {
        Assert.True(after.Value("zmq_probes_total", ("target", name)) > before.Value("zmq_probes_total", ("target", name)), name);
        Assert.Equal(0, after.Value("zmq_probe_misses_total", ("target", name)));
        Assert.Equal(
            before.Value("zmq_target_state_change_timestamp_seconds", ("target", name)), after.Value("zmq_target_state_change_timestamp_seconds", ("target", name)));
    });

    // At no second was anybody anything but up, or not seen yet; nor was there an alert.
    private static async Task AssertCalmSinceAsync(PrometheusServer prometheus, double begin)
    {
        var end = await NowAsync(prometheus);
        Assert.Empty(await prometheus.QueryRangeAsync("zmq_target_state{state=~\"suspect|degraded|down\"} == 1", begin, end));
        Assert.Empty(await prometheus.QueryRangeAsync("sum(zmq_target_state{state=\"up\"}) < 48", begin, end));
        var alerts = await prometheus.QueryRangeAsync("ALERTS{alertstate=\"firing\",alertname!=\"ZmqWatchdog\"}", begin, end);
        Assert.Equal("", string.Join('\n', alerts.Select(alert => string.Join(' ', alert.Labels))));
    }

    private static async Task AssertOnlyTheBrokenOneWakesAsync(
        FleetInFiles fleet, ExporterProcess exporter, PrometheusServer prometheus, WebhookReceiver receiver, string broken)
    {
        await fleet.BreakAsync(Berlin, broken);
        var page = await receiver.EventuallyAsync(Page, _ => true, AlertChain.Patience);

        var alert = Assert.Single(page.Alerts);
        Assert.Equal(("ZmqTargetDown", broken, Berlin), (alert.Labels["alertname"], alert.Labels["target"], alert.Labels["dc"]));
        Assert.Contains(fleet.EndpointOf(broken), alert.Annotations["description"], StringComparison.Ordinal); // where it is now
        var worst = await new DashboardSession(prometheus).AskAsync("zmq-fleet.json", "Not well now: what, since when, why");
        Assert.All(worst, series => Assert.Equal(broken, series.Labels["target"]));
        Assert.NotEmpty(worst);
        var board = await exporter.GetTextAsync("/");
        Assert.Contains("<b>1</b> <span class=\"state down\">", board, StringComparison.Ordinal);
        Assert.Contains($"<b>{fleet.Names.Count - 1}</b> <span class=\"state up\">", board, StringComparison.Ordinal);
        Assert.All(receiver.Of(Page).SelectMany(one => one.Alerts), one => Assert.Equal(broken, one.Labels["target"]));
    }

    private static async Task<double> NowAsync(PrometheusServer prometheus) => (await prometheus.QueryAsync("vector(time())"))[0].Value;

    [GeneratedRegex("<th role=\"rowheader\" scope=\"row\"><a [^>]+><bdi>(?<name>[^<]+)</bdi>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}
