using ZmqExporter.EndToEndTests.Scenarios;

namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>Many servers of one host, one by itself, and one that never was: what the pager gets of an outage of many, and of one that comes again and again.</summary>
[WaitsLong]
public sealed class LiveMassTests
{
    private const string Page = "page";
    private const string Many = "ZmqManyTargetsDown";

    [Fact]
    public async Task Page_OutageOfManyThenOfOneAgainAndAgain_RingsOnceForEachAndResolves()
    {
        using var port = new ReservedPort();
        using var lonePort = new ReservedPort();
        await using var host = new Peer(port);
        await using var lone = new Peer(lonePort);
        await host.StartAsync();
        await lone.StartAsync();
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(
            ("a", host.Endpoint, "ping"),
            ("b", host.Endpoint, "ping"),
            ("c", host.Endpoint, "ping"),
            ("d", host.Endpoint, "transport"),
            ("lone", lone.Endpoint, "ping"),
            ("typo", "tcp://127.0.0.1:1", "ping")));
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var alertmanager = await AlertmanagerServer.StartAsync(AlertmanagerExample.For(receiver.Address));
        await using var prometheus = await PrometheusServer.StartAsync(
            exporter.Address, alertmanager.Address, ruleFiles: Path.Combine(Repository.Root, "alerts", "*.rules.yml"));
        await prometheus.EventuallyAsync("""zmq_target_state{state="up"} == 1""", samples => samples.Count == 5, AlertChain.Patience);
        await prometheus.EventuallyAsync("""zmq_target_state{state="down",target="typo"} == 1""", samples => samples.Count == 1, AlertChain.Patience);
        await receiver.EventuallyAsync("watchdog", _ => true, AlertChain.Patience);

        // Four servers of one host, and later the lone one: a single page.
        await host.StopAsync();
        await receiver.EventuallyAsync(Page, _ => true, AlertChain.Patience);
        await lone.StopAsync();
        await prometheus.EventuallyAsync("""zmq_target:outage_hung:bool{target="lone"} == 0""", samples => samples.Count == 1, AlertChain.Patience);
        await prometheus.EventuallyAsync("zmq_exporter:targets_down:count", samples => samples is [{ Value: 5 }], AlertChain.Patience);
        Assert.Equal($"firing {Many}", Pages(receiver));

        // The host is back, the lone server is not: the page of many ends, and its own begins; it ends with its outage.
        await host.StartAsync();
        await EventuallyAsync(receiver, $"resolved {Many}");
        await EventuallyAsync(receiver, "firing ZmqTargetDown lone");
        await lone.StartAsync();
        await EventuallyAsync(receiver, "resolved ZmqTargetDown lone");

        // It goes down again and again: one more page, which stays open while the exporter calls it flapping.
        await lone.StopAsync();
        await prometheus.EventuallyAsync("""ALERTS{alertname="ZmqTargetDown",alertstate="firing",target="lone"}""", samples => samples.Count == 1, AlertChain.Patience);
        await lone.StartAsync();
        await prometheus.EventuallyAsync("""zmq_target_flapping == 1 and on (target) zmq_target_state{state="up"} == 1""", samples => samples.Count == 1, AlertChain.Patience);
        await lone.StopAsync();
        await prometheus.EventuallyAsync("""zmq_target_state{state="down",target="lone"} == 1""", samples => samples.Count == 1, AlertChain.Patience);
        await lone.StartAsync();
        await prometheus.EventuallyAsync("""zmq_target_state{state="up",target="lone"} == 1""", samples => samples.Count == 1, AlertChain.Patience);
        Assert.Single(await prometheus.QueryAsync("""ALERTS{alertname="ZmqTargetDown",alertstate="firing",target="lone"}"""));

        await EventuallyAsync(receiver, "firing ZmqTargetDown lone", times: 2);
        Assert.Equal(
            $"firing {Many}, resolved {Many}, firing ZmqTargetDown lone, resolved ZmqTargetDown lone, firing ZmqTargetDown lone",
            string.Join(", ", Pages(receiver).Split(", ").OrderBy(page => page.Contains("lone", StringComparison.Ordinal))));
        Assert.DoesNotContain(receiver.Of("ticket").SelectMany(ticket => ticket.Alerts), alert => alert.Labels["alertname"] == "ZmqTargetFlapping"); // the page says so
    }

    /// <summary>What the pager got, each with what it is about.</summary>
    private static string Pages(WebhookReceiver receiver) => string.Join(", ", receiver.Of(Page).Select(Text));

    private static string Text(Notification notification)
    {
        var labels = Assert.Single(notification.Alerts).Labels;
        return $"{notification.Status} {labels["alertname"]} {labels.GetValueOrDefault("target")}".TrimEnd();
    }

    private static Task<WebhookReceiver> EventuallyAsync(WebhookReceiver receiver, string page, int times = 1) => Eventually.GetAsync(
        () => Task.FromResult(receiver.Of(Page).Count(one => Text(one) == page) >= times ? receiver : null),
        AlertChain.Patience,
        () => $"no {page}; there were {Pages(receiver)}");

    /// <summary>A server that stops and comes back on its port.</summary>
    private sealed class Peer(ReservedPort port) : IAsyncDisposable
    {
        private ServerPeer? _server;

        public string Endpoint => _server!.Endpoint;

        public async Task StartAsync() => _server = await PythonPeer.StartRepAsync(port.Number);

        public Task StopAsync() => DisposeAsync().AsTask();

        public async ValueTask DisposeAsync()
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }
        }
    }
}
