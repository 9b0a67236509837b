using System.Globalization;

namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>From a real server's outage to what a pager receives.</summary>
[WaitsLong]
public sealed class LivePageTests
{
    private const string Page = "page";

    [Fact]
    public async Task Page_ServerStopsAndReturns_OnePageInTimeThenResolved()
    {
        await using var chain = await AlertChain.StartAsync();

        await chain.Peer.DisposeAsync();
        var page = await chain.Receiver.EventuallyAsync(Page, _ => true, AlertChain.Patience);

        var alert = Assert.Single(page.Alerts);
        Assert.Equal("firing", page.Status);
        Assert.Equal("ZmqTargetDown", alert.Labels["alertname"]);
        Assert.Equal(
            ("critical", "zmq_exporter", chain.Exporter.Address.Authority, "server", "ping"),
            (alert.Labels["severity"], alert.Labels["job"], alert.Labels["instance"], alert.Labels["target"], alert.Labels["module"]));
        Assert.Equal("A ZeroMQ server is down.", alert.Annotations["summary"]);
        Assert.Contains(chain.Peer.Endpoint, alert.Annotations["description"], StringComparison.Ordinal);
        Assert.Contains("(down_after: 3, interval: 1s)", alert.Annotations["description"], StringComparison.Ordinal);
        Assert.Equal(AlertRules.Alerts.First(rule => rule.Alert == "ZmqTargetDown").Annotations["runbook_url"], alert.Annotations["runbook_url"]);

        // Neither a miss nor two raise it: when the alert began, Prometheus had seen the target down, and three misses.
        var active = (await chain.Prometheus.QueryAsync("min_over_time(timestamp(ALERTS{alertname=\"ZmqTargetDown\"})[10m:1s])"))[0].Value;
        // A comparison has no timestamp of its own: it bears that of the subquery's step, up to a second after the sample.
        var down = (await chain.Prometheus.QueryAsync("min_over_time(timestamp(zmq_target_state{state=\"down\"} == 1)[10m:1s])"))[0].Value;
        var misses = (await chain.Prometheus.QueryAsync(string.Create(CultureInfo.InvariantCulture, $"zmq_probe_misses_total @ {active:0.000}")))[0].Value;
        Assert.True(down <= active + 1, $"the page came at {active}, the target was down at {down}");
        Assert.True(misses >= 3, $"{misses} misses");

        // Who follows the page finds the cause.
        await chain.AssertRunbookAnswersAsync("ZmqTargetDown");
        var probe = await ExporterProcess.RunAsync("probe", chain.Peer.Endpoint, "--module", "ping", $"--config.file={chain.Exporter.ConfigFile}");
        Assert.Equal(2, probe.ExitCode);
        Assert.Contains("nothing listens", probe.Output, StringComparison.Ordinal);

        await chain.ReturnPeerAsync();
        await chain.Receiver.EventuallyAsync(Page, notification => notification.Status == "resolved", AlertChain.Patience);
        Assert.Equal("firing, resolved", string.Join(", ", chain.Receiver.Of(Page).Select(notification => notification.Status)));
    }

    [Theory]
    [InlineData("full")]
    [InlineData("lean")]
    public async Task Page_ApplicationHangs_IsUnresponsiveAndNotDown(string detail)
    {
        await using var chain = await AlertChain.StartAsync(detail);

        await chain.Peer.CommandAsync("hang");
        await chain.Receiver.EventuallyAsync(Page, _ => true, AlertChain.Patience);
        await chain.ProbesAsync(5); // time for a second page

        var page = Assert.Single(chain.Receiver.Of(Page));
        var alert = Assert.Single(page.Alerts);
        Assert.Equal("ZmqTargetUnresponsive", alert.Labels["alertname"]);
        Assert.Contains("latest reason: reply_timeout", alert.Annotations["description"], StringComparison.Ordinal);

        await chain.AssertRunbookAnswersAsync("ZmqTargetUnresponsive");

        await chain.Peer.CommandAsync("resume");
        await chain.Receiver.EventuallyAsync(Page, notification => notification.Status == "resolved", AlertChain.Patience);
        Assert.All(chain.Receiver.Of(Page).SelectMany(notification => notification.Alerts), one => Assert.Equal("ZmqTargetUnresponsive", one.Labels["alertname"]));
    }

    // The state file is from before the outage when the exporter is killed, and says that the server was up.
    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task Page_ExporterWithAStateFileEndsInMidOutage_IsNeverResolvedBeforeTheServerReturns(string signal)
    {
        using var directory = new TempDirectory();
        await using var chain = await AlertChain.StartAsync(stateFile: Path.Combine(directory.Path, "state.json"));
        await EndAndStartAsync(chain, "TERM"); // which writes the file
        await chain.ProbesAsync(2);
        await chain.Peer.DisposeAsync();
        await chain.Receiver.EventuallyAsync(Page, _ => true, AlertChain.Patience);

        await EndAndStartAsync(chain, signal);
        await chain.Exporter.EventuallyAsync(
            samples => samples.Value("zmq_target_state", ("target", "server"), ("state", "down")) == 1, AlertChain.Patience);
        await chain.ProbesAsync(5);
        Assert.Equal("firing", Assert.Single(chain.Receiver.Of(Page)).Status);
        Assert.Empty(await chain.Prometheus.QueryAsync("increase(zmq_probes_total[10m]) > 600")); // none a second could be more
        Assert.DoesNotContain(chain.Receiver.Of("ticket").SelectMany(ticket => ticket.Alerts), alert => alert.Labels["alertname"] == "ZmqTargetNeverSeen");

        await chain.ReturnPeerAsync();
        await chain.Receiver.EventuallyAsync(Page, notification => notification.Status == "resolved", AlertChain.Patience);
        Assert.Equal("firing, resolved", string.Join(", ", chain.Receiver.Of(Page).Select(notification => notification.Status)));
    }

    [Fact]
    public async Task Page_ExporterRestartsInMidOutage_IsNeverResolvedBeforeTheServerReturns()
    {
        await using var chain = await AlertChain.StartAsync();
        await chain.Peer.DisposeAsync();
        await chain.Receiver.EventuallyAsync(Page, _ => true, AlertChain.Patience);

        await chain.Exporter.RestartAsync();
        await chain.Exporter.EventuallyAsync(
            samples => samples.Value("zmq_target_state", ("target", "server"), ("state", "down")) == 1, AlertChain.Patience);
        await chain.ProbesAsync(5);
        Assert.Single(await chain.Prometheus.QueryAsync("resets(process_start_time_seconds[10m]) + changes(process_start_time_seconds[10m]) > 0")); // it saw the restart
        Assert.Equal("firing", Assert.Single(chain.Receiver.Of(Page)).Status);

        await chain.ReturnPeerAsync();
        await chain.Receiver.EventuallyAsync(Page, notification => notification.Status == "resolved", AlertChain.Patience);
        Assert.Equal("firing, resolved", string.Join(", ", chain.Receiver.Of(Page).Select(notification => notification.Status)));
    }

    private static async Task EndAndStartAsync(AlertChain chain, string signal)
    {
        await chain.Exporter.Process.SignalAsync(signal);
        await chain.Exporter.Process.WaitForExitAsync();
        await chain.Exporter.RestartAsync();
    }
}
