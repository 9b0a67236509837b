using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ZmqExporter.EndToEndTests.Heartbeats;

namespace ZmqExporter.EndToEndTests;

/// <summary>Every query of the dashboards, asked of a real Prometheus that scrapes the real exporter with real peers.</summary>
[WaitsLong]
public sealed partial class DashboardTests : IDisposable
{
    private const string Down = """zmq_target_state{state="down"} == 1""";

    // Nothing in it may go wrong, however busy the machine is.
    private const string Healthy = """
        defaults: {interval: 5s, timeout: 5s, policy: {late_after: 4s}}
        modules:
          ping: {prober: request, send: [ping], expect: [{equals: pong}]}
          transport: {prober: handshake}
          ticks:
            prober: subscribe
            topics: [tick]
            max_silence: 30s
            sequence: {frame: 1, format: uint32_le}
            sent_at: {frame: 2, format: unix_ms}
            values: [{metric: tick_number, help: The number of the last tick., frame: 1, offset: 0, format: uint32_le}]
        target_files: ["lists/*.yml"]
        targets:

        """;

    private static readonly string Outage = Healthy
        .Replace("interval: 5s, timeout: 5s", "interval: 1s, timeout: 900ms", StringComparison.Ordinal)
        .Replace("late_after: 4s", "late_after: 200ms", StringComparison.Ordinal)
        .Replace("max_silence: 30s", "max_silence: 1s", StringComparison.Ordinal);

    private static readonly string Refused =
        Outage + "  - {name: refused, endpoint: \"tcp://127.0.0.1:1\", modules: [ping]}\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    // It is a sum of the service levels' rules over some five minutes.
    private const string MostMissed = "zmq-fleet.json: Most missed probes A";

    // It takes two exporters.
    private const string Disagreement = "zmq-fleet.json: Exporters that disagree A";

    private readonly TempDirectory _rules = new();

    // What shows only failures.
    private static readonly string[] EmptyWhenHealthy =
    [
        .. "ABCDEFGHIJ".Select(letter => $"zmq-fleet.json: Not well now: what, since when, why {letter}"),
        "zmq-fleet.json: Firing alerts A",
        .. "ABCD".Select(letter => $"zmq-fleet.json: By $label {letter}"),
        Disagreement,
        "zmq-fleet.json: States of the 50 targets that were least up A",
        "zmq-fleet.json: Failures by reason A",
        MostMissed,
        "zmq-target.json: Why A",
        "zmq-target.json: Failures by reason A",
    ];

    // What the fleet's dashboard reads is recorded by them: here at each evaluation.
    private string FleetRules => _rules.Write(
        "fleet.rules.yml",
        string.Join('\n', Repository.Read("alerts/zmq_fleet.rules.yml").Split('\n').Where(line => !line.StartsWith("    interval: ", StringComparison.Ordinal))));

    private string DownAlert => _rules.Write(
        "down.rules.yml",
        """groups: [{name: down, rules: [{alert: ZmqTargetDown, expr: 'zmq_target_state{state="down"} == 1', labels: {severity: critical}}]}]""");

    /// <inheritdoc />
    public void Dispose() => _rules.Dispose();

    [Fact]
    public async Task Queries_HealthyTargets_AreAnsweredAndNothingIsBroken()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var publisher = await PythonPeer.StartAsync("pub.py", "--stamp");
        using var work = new ReservedPort();
        await using var worker = Responders.Python("worker.py", work.Endpoint);
        await using var exporter = await ExporterProcess.StartAsync(
            Healthy + Target("orders (eu.1)|+", server.Endpoint, "ping, transport") + Target("ticks", publisher.Endpoint, "ticks") + Target("worker", work.Endpoint, "heartbeat"));
        await using var prometheus = await PrometheusServer.StartAsync(exporter.Address, ruleFiles: FleetRules);

        // Windows that reach before the beginning would show it.
        var calm = DashboardSession.Range + DashboardSession.RateInterval;
        var steps = calm.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        var query = $$"""count_over_time((sum(zmq_target_state{state="up"}) == 4)[{{steps}}s:1s]) >= {{steps}}""";
        await prometheus.EventuallyAsync(query, samples => samples.Count == 1, Patience);

        await EveryQueryAsync(prometheus, EmptyWhenHealthy, targets: 4);
    }

    [Fact]
    public async Task Queries_StoppedHungSlowAndSilent_AreAllAnswered()
    {
        await using var good = await PythonPeer.StartRepAsync();
        await using var stopped = await PythonPeer.StartRepAsync();
        await using var hung = await PythonPeer.StartRepAsync();
        await using var slow = await PythonPeer.StartRepAsync();
        await using var silent = await PythonPeer.StartAsync("pub.py", "--stamp");
        using var work = new ReservedPort();
        await using var worker = Responders.Python("worker.py", work.Endpoint);
        await using var exporter = await ExporterProcess.StartAsync(
            Outage + Target("good", good.Endpoint, "ping, transport") + Target("stopped", stopped.Endpoint, "ping") + Target("hung", hung.Endpoint, "ping")
            + Target("slow", slow.Endpoint, "ping") + Target("silent", silent.Endpoint, "ticks") + Target("worker", work.Endpoint, "heartbeat"));
        await using var prometheus = await PrometheusServer.StartAsync(exporter.Address, ruleFiles: [FleetRules, DownAlert]);
        await prometheus.EventuallyAsync("""sum(zmq_target_state{state="up"}) == 7""", samples => samples.Count == 1, Patience);

        await stopped.DisposeAsync();
        await hung.CommandAsync("hang");
        await slow.CommandAsync("delay 400");
        await silent.CommandAsync("pause");
        await prometheus.EventuallyAsync(Down, samples => samples.Count == 3, Patience);
        await prometheus.EventuallyAsync("""zmq_target_state{target="slow",state="degraded"} == 1""", samples => samples.Count == 1, Patience);

        string[] neither = [MostMissed, Disagreement, "zmq-fleet.json: By $label B", "zmq-fleet.json: By $label D", "zmq-target.json: Values A"];
        await EveryQueryAsync(prometheus, neither, targets: 7);
        await CheckAsGrafanaAsync(prometheus, exporter);
        var broken = await new DashboardSession(prometheus).AskAsync(byName: false);
        var reasons = broken.Single(answer => answer.Query.EndsWith("why C", StringComparison.Ordinal)).Series
            .Select(series => $"{series.Labels["target"]}: {series.Labels["reason"]}");
        Assert.Equal(
            ["hung: reply_timeout", "silent: silent", "slow: late", "stopped: refused"],
            reasons.Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task Queries_ExporterGone_ShowAGapAndTheLoss()
    {
        await using var exporter = await ExporterProcess.StartAsync(Refused);
        await using var prometheus = await PrometheusServer.StartAsync(exporter.Address, ruleFiles: FleetRules);
        var dashboards = new DashboardSession(prometheus);
        await prometheus.EventuallyAsync($"sum({Down})", samples => samples.Count == 1, Patience);
        await Eventually.GetAsync( // a scrape of a busy exporter may fail
            async () => await dashboards.AskAsync("zmq-fleet.json", "Down") is { Count: 1 } down ? down : null, Patience, () => "the tile stays empty");

        await exporter.Process.SignalAsync("KILL");
        await prometheus.EventuallyAsync("up == 0", samples => samples.Count == 1);

        await Eventually.GetAsync( // what was recorded ends with the next evaluation
            async () => await dashboards.AskAsync("zmq-fleet.json", "Down") is { Count: 0 } none ? none : null, Patience, () => "the tile goes on");
        Assert.Empty(await dashboards.AskAsync("zmq-target.json", "State now"));
        Assert.NotEmpty(await dashboards.AskAsync("zmq-fleet.json", "Exporters lost"));
        var lost = (await prometheus.QueryAsync("timestamp(up == 0)"))[0].Value;
        foreach (var panel in (string[])["Targets by state", "States of the 50 targets that were least up"])
        {
            var states = await dashboards.AskAsync("zmq-fleet.json", panel);
            Assert.NotEmpty(states); // before
            Assert.All(states, series => Assert.True(series.Times[^1] <= lost + 1, $"{panel}: a value after the loss")); // and an evaluation
        }

        Assert.All(await dashboards.OffersAsync("zmq-fleet.json"), offer => Assert.Single(offer.Value)); // still there to choose
    }

    [Fact]
    public async Task Queries_MoreTargetsThanAPanelShows_ShowTheWorst()
    {
        const int Targets = 60;
        var targets = string.Concat(Enumerable.Range(0, Targets)
            .Select(i => Refused[Outage.Length..].Replace("refused", $"refused{i}", StringComparison.Ordinal)));
        await using var exporter = await ExporterProcess.StartAsync(Outage + targets);
        await using var prometheus = await PrometheusServer.StartAsync(exporter.Address, ruleFiles: FleetRules);
        await prometheus.EventuallyAsync(
            $"increase(zmq_probe_misses_total[5s]) > 0 and on (target) ({Down})", samples => samples.Count == Targets, Patience);

        await Eventually.GetAsync(
            async () =>
            {
                var fleet = (await new DashboardSession(prometheus).AskAsync(byName: false))
                    .Where(answer => answer.Query.StartsWith("zmq-fleet.json: ", StringComparison.Ordinal))
                    .ToDictionary(answer => answer.Query["zmq-fleet.json: ".Length..], answer => answer.Series.Count, StringComparer.Ordinal);
                Assert.All(fleet, answer => Assert.InRange(answer.Value, 0, Targets));
                return fleet["States of the 50 targets that were least up A"] == 50 && fleet["Slowest round trips A"] <= 10 ? fleet : null;
            },
            Patience,
            () => "the timeline has not 50 rows, or the bars are more than ten");
    }

    [Fact]
    public async Task Annotations_AlertsWithAndWithoutLabels_AreShownWhereTheyBelong()
    {
        const string Rules = """
            groups:
              - name: test
                rules:
                  - {alert: ZmqTargetDown, expr: 'zmq_target_state{state="down"} == 1'}
                  - {alert: ZmqExporterAbsent, expr: 'absent(nothing)'}
                  - {alert: OtherAlert, expr: 'absent(nothing)'}
                  - {alert: ZmqElsewhere, expr: 'absent(nothing)', labels: {instance: elsewhere}}
            """;
        using var directory = new TempDirectory();
        await using var exporter = await ExporterProcess.StartAsync(Refused);
        await using var prometheus = await PrometheusServer.StartAsync(exporter.Address, ruleFiles: directory.Write("rules.yml", Rules));
        await prometheus.EventuallyAsync("""ALERTS{alertname="ZmqTargetDown"}""", samples => samples.Count == 1, Patience);

        foreach (var file in Dashboard.Files.Where(file => file != "zmq-subscriptions.json")) // there is no subscription to choose
        {
            var alerts = await new DashboardSession(prometheus).AnnotationsAsync(file);
            Assert.Equal(["ZmqExporterAbsent", "ZmqTargetDown"], alerts, StringComparer.Ordinal);
        }
    }

    // What a person sees, by Grafana's own library: texts and not numbers, in the order of the dashboard.
    private static async Task CheckAsGrafanaAsync(PrometheusServer prometheus, ExporterProcess exporter)
    {
        var dashboards = new DashboardSession(prometheus);
        var started = Assert.Single(await dashboards.HappenedAsync("zmq-exporter.json", "Exporter started"));
        Assert.True(started <= (await prometheus.QueryAsync("timestamp(up)"))[0].Value);
        Assert.Equal(7, (await dashboards.HappenedAsync("zmq-target.json", "State changes")).Count);
        Assert.Single(await dashboards.HappenedAsync("zmq-target.json", "Server started"));
        if (!GrafanaCheck.IsInstalled)
        {
            return;
        }

        var good = await dashboards.CheckAsync([.. GrafanaCheck.Dashboards]);
        Assert.True(good.ExitCode == 0, good.Output + good.Error);
        var tables = JsonNode.Parse(good.Output)!["zmq-fleet.json"]!;
        var worst = tables["Not well now: what, since when, why"]!.AsArray().Select(row => $"{row!["State"]} {row["Target"]}: {row["Reason"]}").ToArray();
        Assert.Equal("degraded slow: late", worst[3]);
        Assert.Equal(["down hung: reply_timeout", "down silent: silent", "down stopped: refused"], worst[..3].Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(["hung", "silent", "stopped"], tables["Firing alerts"]!.AsArray().Select(row => (string)row!["Target"]!).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(tables["Firing alerts"]!.AsArray(), row => Assert.Equal($"http://{exporter.Address.Authority}", (string)row!["Exporter's board"]!));
        Assert.Contains(tables["By module"]!.AsArray(), row => (string)row!["module"]! == "ping" && (string)row["Down"]! == "2" && (string)row["Targets"]! == "4");

        foreach (var (old, damage, words) in GrafanaDamages)
        {
            using var directory = new TempDirectory();
            var bad = await dashboards.CheckAsync(GrafanaCheck.Damage(directory, "zmq-fleet.json", old, damage));
            Assert.Equal(1, bad.ExitCode);
            Assert.Contains(words, bad.Output, StringComparison.Ordinal);
        }
    }

    private static readonly (string Old, string Damage, string Words)[] GrafanaDamages =
    [
        ("\"unit\": \"short\"", "\"unit\": \"shorts\"", "Most missed probes: there is no unit shorts"),
        ("\"id\": \"merge\"", "\"id\": \"join\"", "Not well now: what, since when, why: there is no transformation join"),
        ("\"displayName\": \"State\"", "\"displayName\": \"Status\"", "it is sorted by Status, which is no column"),
        ("\"options\": \"Last answer\"", "\"options\": \"Last reply\"", "an override is for Last reply, which is no column"),
        ("\"4\": {", "\"5\": {", "State: 4 has no word"),
        ("__data.fields.url:raw", "__data.fields.page:raw", "links to page, which is no column"),
        ("\"endpoint\": \"Endpoint\"", "\"endpoint\": \"Target\"", "two columns have the name Target"),
    ];

    private static string Target(string name, string endpoint, string modules) =>
        $"  - {{name: \"{name}\", endpoint: \"{endpoint}\", modules: [{modules}]}}\n";

    private static async Task EveryQueryAsync(PrometheusServer prometheus, IReadOnlyCollection<string> empty, int targets)
    {
        var dashboards = new DashboardSession(prometheus);
        foreach (var file in Dashboard.Files)
        {
            Assert.All(await dashboards.OffersAsync(file), offer => Assert.NotEmpty(offer.Value));
        }

        foreach (var byName in (bool[])[false, true])
        {
            List<string> complaints = [];
            await Eventually.GetAsync(
                async () =>
                {
                    complaints = [.. (await dashboards.AskAsync(byName)).SelectMany(answer => Complaints(answer, empty, targets))];
                    return complaints.Count == 0 ? complaints : null;
                },
                Patience,
                () => string.Join('\n', complaints));
        }
    }

    private static IEnumerable<string> Complaints(DashboardAnswer answer, IReadOnlyCollection<string> empty, int targets)
    {
        const int SeriesPerTarget = 17; // as many as there are failure reasons, the longest list
        var isEmpty = answer.Series.Count == 0;
        if (isEmpty != empty.Contains(answer.Query, StringComparer.Ordinal))
        {
            yield return $"{answer.Query} is {(isEmpty ? "empty" : "not empty, though the list says so")}";
        }

        if (answer.Series.Count > SeriesPerTarget * targets)
        {
            yield return $"{answer.Query} has {answer.Series.Count} series";
        }

        var names = LegendLabel().Matches(answer.Legend).Select(match => match.Groups["label"].Value);
        foreach (var name in names.Where(name => answer.Series.Any(series => !series.Labels.ContainsKey(name))))
        {
            yield return $"{answer.Query}: a series has no {name} for its name";
        }
    }

    [GeneratedRegex(@"\{\{(?<label>\w+)\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LegendLabel();
}
