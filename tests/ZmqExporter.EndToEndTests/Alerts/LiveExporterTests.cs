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

    private readonly QuickChain _chain = new();

    private ServerPeer _lone = null!;
    private ExporterProcess _blind = null!;
    private AlteredMetrics _metrics = null!;

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _chain.DisposeAsync();

    [Fact]
    public async Task Chain_BlindWrongClockStalledAndTakenAway_EachRingsAsItsOwnAndNoServerIsBlamed()
    {
        await StartAsync();

        await RingAndEndAsync(Ticket, "ZmqExporterClockSkew", text => Value(text, "zmq_exporter_clock_seconds", value => value - 60));
        await RingAndEndAsync(Page, "ZmqExporterProbesStalled", text => Value(text, "zmq_probe_overdue_seconds", value => value + 700));
        await _chain.Receiver.EventuallyAsync(Page, HasFired("ZmqExporterLocalErrors", _blind.Address), AlertChain.Patience); // since the start
        Assert.All(
            _chain.Receiver.Of(Page).SelectMany(page => page.Alerts),
            alert => Assert.Contains(alert.Labels["alertname"], new[] { "ZmqExporterProbesStalled", "ZmqExporterLocalErrors" }, StringComparer.Ordinal));

        await TakeAwayAsync();
    }

    /// <summary>What the exporter says is altered until it rings as it should, and then no more.</summary>
    private async Task RingAndEndAsync(string path, string alertName, Func<string, string> alter)
    {
        _metrics.Alter = alter;
        await _chain.Receiver.EventuallyAsync(path, HasFired(alertName, _metrics.Address), AlertChain.Patience);
        _metrics.Alter = text => text;
        await _chain.EventuallyAsync($$"""ALERTS{alertname="{{alertName}}"}""", 0);
    }

    /// <summary>An exporter is taken away in the outage of a server, and the other one later: the page ends, because nobody knows any more, and the absence of all pages.</summary>
    private async Task TakeAwayAsync()
    {
        await _lone.DisposeAsync();
        await _chain.Receiver.EventuallyAsync(Page, page => page.Alerts.Any(alert => alert.Labels["alertname"] == "ZmqTargetDown"), AlertChain.Patience);
        _chain.WriteTargets([_blind.Address]);
        await _chain.Receiver.EventuallyAsync(Page, page => page.Alerts.Any(alert => alert.Labels["alertname"] == "ZmqTargetDown" && alert.Status == "resolved"), AlertChain.Patience);
        Assert.DoesNotContain(_chain.Receiver.Of(Page).SelectMany(page => page.Alerts), alert => alert.Labels["alertname"] == "ZmqExporterDown");

        _chain.WriteTargets([]);
        await _chain.Receiver.EventuallyAsync(Page, page => page.Alerts.Any(alert => alert.Labels["alertname"] == "ZmqExporterAbsent"), AlertChain.Patience);
        _chain.WriteTargets([_metrics.Address]);
        await _chain.Receiver.EventuallyAsync(Page, page => page.Alerts.Any(alert => alert.Labels["alertname"] == "ZmqExporterAbsent" && alert.Status == "resolved"), AlertChain.Patience);
    }

    private async Task StartAsync()
    {
        var host = _chain.Own(await PythonPeer.StartRepAsync());
        _lone = _chain.Own(await PythonPeer.StartRepAsync());
        var exporter = _chain.Own(await ExporterProcess.StartAsync(ScenarioConfig.Of(
            ("a", host.Endpoint, "ping"), ("b", host.Endpoint, "ping"), ("c", host.Endpoint, "ping"), ("d", host.Endpoint, "ping"), ("lone", _lone.Endpoint, "ping"))));
        _metrics = _chain.Own(await AlteredMetrics.StartAsync(exporter.Address));
        _blind = _chain.Own(await ExporterProcess.StartInAsync(
            ExporterProcess.FileLimit(20),
            ScenarioConfig.Of([.. Enumerable.Range(0, 60).Select(i => (string.Create(CultureInfo.InvariantCulture, $"many{i}"), host.Endpoint, "ping"))])));
        _chain.WriteTargets([_metrics.Address, _blind.Address]);
        await _chain.StartAsync();
        await _chain.EventuallyAsync("""zmq_target_state{state="up",target!~"many.*"} == 1""", 5);
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
