using System.Globalization;
using System.Text.RegularExpressions;
using ZmqExporter.EndToEndTests.Scenarios;

namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>
/// What becomes of the watcher itself, with rules whose minutes are three seconds: blind, with a wrong clock, with probes that stand still, taken away. One
/// Prometheus for all of it, whose job has a program in it that is no exporter.
/// </summary>
[WaitsLong]
public sealed partial class LiveExporterTests : IAsyncDisposable
{
    private const string Page = "page";
    private const string Ticket = "ticket";

    private readonly TempDirectory _directory = new();
    private readonly TempDirectory _rules = new();
    private readonly Stack<IAsyncDisposable> _owned = [];

    private ServerPeer _lone = null!;
    private ExporterProcess _blind = null!;
    private AlteredMetrics _metrics = null!;
    private WebhookReceiver _receiver = null!;
    private PrometheusServer _prometheus = null!;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        while (_owned.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        _directory.Dispose();
        _rules.Dispose();
    }

    [Fact]
    public async Task Chain_BlindWrongClockStalledAndTakenAway_EachRingsAsItsOwnAndNoServerIsBlamed()
    {
        await StartAsync();

        await RingAndEndAsync(Ticket, "ZmqExporterClockSkew", text => Value(text, "zmq_exporter_clock_seconds", value => value - 60));
        await RingAndEndAsync(Page, "ZmqExporterProbesStalled", text => Value(text, "zmq_probe_overdue_seconds", value => value + 700));
        await _receiver.EventuallyAsync(Page, HasFired("ZmqExporterLocalErrors", _blind.Address), AlertChain.Patience); // since the start
        Assert.All(
            _receiver.Of(Page).SelectMany(page => page.Alerts),
            alert => Assert.Contains(alert.Labels["alertname"], new[] { "ZmqExporterProbesStalled", "ZmqExporterLocalErrors" }, StringComparer.Ordinal));

        await TakeAwayAsync();
    }

    /// <summary>What the exporter says is altered until it rings as it should, and then no more.</summary>
    private async Task RingAndEndAsync(string path, string alertName, Func<string, string> alter)
    {
        _metrics.Alter = alter;
        await _receiver.EventuallyAsync(path, HasFired(alertName, _metrics.Address), AlertChain.Patience);
        _metrics.Alter = text => text;
        await _prometheus.EventuallyAsync($$"""ALERTS{alertname="{{alertName}}"}""", samples => samples.Count == 0, AlertChain.Patience);
    }

    /// <summary>An exporter is taken away in the outage of a server, and the other one later: the page ends, because nobody knows any more, and the absence of all pages.</summary>
    private async Task TakeAwayAsync()
    {
        await _lone.DisposeAsync();
        await _receiver.EventuallyAsync(Page, page => page.Alerts.Any(alert => alert.Labels["alertname"] == "ZmqTargetDown"), AlertChain.Patience);
        WriteTargets(_blind.Address);
        await _receiver.EventuallyAsync(Page, page => page.Alerts.Any(alert => alert.Labels["alertname"] == "ZmqTargetDown" && alert.Status == "resolved"), AlertChain.Patience);
        Assert.DoesNotContain(_receiver.Of(Page).SelectMany(page => page.Alerts), alert => alert.Labels["alertname"] == "ZmqExporterDown");

        WriteTargets();
        await _receiver.EventuallyAsync(Page, page => page.Alerts.Any(alert => alert.Labels["alertname"] == "ZmqExporterAbsent"), AlertChain.Patience);
        WriteTargets(_metrics.Address);
        await _receiver.EventuallyAsync(Page, page => page.Alerts.Any(alert => alert.Labels["alertname"] == "ZmqExporterAbsent" && alert.Status == "resolved"), AlertChain.Patience);
    }

    private async Task StartAsync()
    {
        var host = await PythonPeer.StartRepAsync();
        _owned.Push(host);
        _owned.Push(_lone = await PythonPeer.StartRepAsync());
        var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(
            ("a", host.Endpoint, "ping"), ("b", host.Endpoint, "ping"), ("c", host.Endpoint, "ping"), ("d", host.Endpoint, "ping"), ("lone", _lone.Endpoint, "ping")));
        _owned.Push(exporter);
        _owned.Push(_metrics = await AlteredMetrics.StartAsync(exporter.Address));
        _owned.Push(_blind = await ExporterProcess.StartInAsync(
            ExporterProcess.FileLimit(20),
            ScenarioConfig.Of([.. Enumerable.Range(0, 60).Select(i => (string.Create(CultureInfo.InvariantCulture, $"many{i}"), host.Endpoint, "ping"))])));
        _owned.Push(_receiver = await WebhookReceiver.StartAsync());
        WriteTargets(_metrics.Address, _blind.Address);
        var alertmanager = await AlertmanagerServer.StartAsync(AlertmanagerExample.For(_receiver.Address));
        _owned.Push(alertmanager);
        _owned.Push(_prometheus = await PrometheusServer.StartAsync(
            alertmanager.Address,
            alertmanager.Address,
            scrape: $"file_sd_configs: [{{files: [\"{_directory.Path}/exporters.json\"], refresh_interval: 1s}}]",
            ruleFiles: QuickRules.WriteTo(_rules)));
        await _prometheus.EventuallyAsync("""zmq_target_state{state="up",target!~"many.*"} == 1""", samples => samples.Count == 5, AlertChain.Patience);
    }

    /// <summary>The exporters that Prometheus has.</summary>
    private void WriteTargets(params Uri[] exporters)
    {
        _directory.Write("exporters.new", $$"""[{"targets": [{{string.Join(", ", exporters.Select(exporter => $"\"{exporter.Authority}\""))}}]}]""");
        File.Move(Path.Combine(_directory.Path, "exporters.new"), Path.Combine(_directory.Path, "exporters.json"), overwrite: true);
    }

    private static Predicate<Notification> HasFired(string alertName, Uri instance) => one => one.Alerts.Any(alert => Is(alert, alertName, instance));

    private static bool Is(NotifiedAlert alert, string alertName, Uri instance) => alert.Labels["alertname"] == alertName && alert.Labels["instance"] == instance.Authority;

    /// <summary>The text with other values of a family.</summary>
    private static string Value(string text, string family, Func<double, double> change) => Sample().Replace(
        text,
        sample => sample.Groups["name"].Value != family
            ? sample.Value
            : sample.Groups["series"].Value + change(double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture)).ToString("R", CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^(?<series>(?<name>\w+)(\{.*\})? )(?<value>[^ \n]+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Sample();
}
