using ZmqExporter.EndToEndTests.Scenarios;

namespace ZmqExporter.EndToEndTests;

public sealed class PrometheusTests
{
    [Fact]
    public async Task Prometheus_ScrapingTheExporter_AnswersQueries()
    {
        await using var exporter = await ExporterProcess.StartAsync(Configs.Nothing);
        await using var prometheus = await PrometheusServer.StartAsync(exporter.Address);

        var up = await prometheus.EventuallyAsync("up == 1", samples => samples.Count == 1);

        Assert.Equal("zmq_exporter", up[0].Labels["job"]);
        Assert.Equal(1, Assert.Single(await prometheus.QueryAsync("zmq_exporter_build_info")).Value);
    }

    [Fact]
    public async Task Prometheus_ServerStops_SeesItGoFromUpToDown()
    {
        var peer = await PythonPeer.StartRepAsync();
        try
        {
            await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint));
            var idle = await Promtool.CheckMetricsAsync(await exporter.GetTextAsync("/metrics"));
            Assert.Equal(("", 0), (idle.Output + idle.Error, idle.ExitCode));
            await using var prometheus = await PrometheusServer.StartAsync(exporter.Address);

            await prometheus.EventuallyAsync("""zmq_target_state{target="server",state="up"} == 1""", samples => samples.Count == 1);
            await peer.DisposeAsync();
            await prometheus.EventuallyAsync("""zmq_target_state{target="server",state="down"} == 1""", samples => samples.Count == 1);

            var outage = await Promtool.CheckMetricsAsync(await exporter.GetTextAsync("/metrics"));
            Assert.Equal(("", 0), (outage.Output + outage.Error, outage.ExitCode));
            Assert.Single(await prometheus.QueryAsync("""up{job="zmq_exporter"} == 1"""));
        }
        finally
        {
            await peer.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("lean")]
    [InlineData("standard")]
    [InlineData("full")]
    public async Task Promtool_EachDetail_HasNoComplaint(string detail)
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync($"{ScenarioConfig.Of(peer.Endpoint)}metrics: {{detail: {detail}}}\n");
        await exporter.EventuallyAsync(scrape => scrape.Value("zmq_target_state", ("state", "up")) == 1);

        var check = await Promtool.CheckMetricsAsync(await exporter.GetTextAsync("/metrics"));
        Assert.Equal(("", 0), (check.Output + check.Error, check.ExitCode));
    }

    [Fact]
    public async Task Prometheus_WithNativeHistograms_StoresTheRoundTripsAsOne()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint));
        await using var prometheus = await PrometheusServer.StartAsync(exporter.Address, features: "native-histograms");

        var median = await prometheus.EventuallyAsync("histogram_quantile(0.5, zmq_probe_duration_seconds) > 0", samples => samples.Count == 1);
        Assert.InRange(median[0].Value, 0.000_001, 128);

        // What has no exponential buckets stays what it was, and so does everything that is no histogram.
        Assert.NotEmpty(await prometheus.QueryAsync("zmq_exporter_schedule_delay_seconds_bucket"));
        Assert.Single(await prometheus.QueryAsync("""zmq_target_state{target="server",state="up"} == 1"""));
        Assert.Single(await prometheus.QueryAsync("zmq_probes_total > 0"));
    }

    [Fact]
    public async Task Promtool_GoodAndBadMetrics_TellsThemApart()
    {
        var good = await Promtool.CheckMetricsAsync("# HELP a_total A.\n# TYPE a_total counter\na_total 1\n");
        var bad = await Promtool.CheckMetricsAsync("# TYPE a counter\na 1\n");

        Assert.Equal(0, good.ExitCode);
        Assert.NotEqual(0, bad.ExitCode);
        Assert.Contains("_total", bad.Error, StringComparison.Ordinal);
    }
}
