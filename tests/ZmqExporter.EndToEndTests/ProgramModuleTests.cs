namespace ZmqExporter.EndToEndTests;

/// <summary>The built-in modules for programs, against a server that answers as theirs does, well and badly, and against the real one
/// where it is small enough to install.</summary>
public sealed class ProgramModuleTests
{
    [Theory]
    [InlineData("circus", "circus_numwatchers")]
    [InlineData("zerorpc", "zerorpc_ping")]
    [InlineData("monero", "monero_rpc")]
    [InlineData("pushpin", "pushpin_command")]
    [InlineData("malamute", "malamute")]
    [InlineData("ffmpeg", "ffmpeg_filter")]
    [InlineData("mdprpc", "majordomo_workers")]
    [InlineData("vllm_replay", "vllm_kv_replay")]
    [InlineData("circus", "locust_master")] // a ROUTER, to which nothing is sent
    public async Task Probe_HealthyServer_IsOk(string kind, string module)
    {
        var verdict = await ModuleVerdict.ProbeInPeaceAsync($"services.py --kind {kind}", module);

        Assert.True(verdict is { ExitCode: 0, Reachable: true }, verdict.Sentence);
        Assert.Equal(module == "locust_master" ? null : true, verdict.Ready);
    }

    [Theory]
    [InlineData("circus", "status", "circus_numwatchers", "$.status is \"error\" instead of \"ok\"")]
    [InlineData("circus", "id", "circus_numwatchers", "$.id is \"another\" instead of \"{token}\"")]
    [InlineData("zerorpc", "error", "zerorpc_ping", "$[1] is \"ERR\" instead of \"OK\"")]
    [InlineData("monero", "old", "monero_rpc", "$.result.header.timestamp is")]
    [InlineData("monero", "alone", "monero_rpc", "$.result.info.outgoing_connections_count is 0, which is not at least 1")]
    [InlineData("monero", "method", "monero_rpc", "in which $.result.header.timestamp selects nothing")]
    [InlineData("pushpin", "proxy", "pushpin_command", "does not contain \"7:success,4:true!\"")]
    [InlineData("malamute", "lost", "malamute", "\\xf4")]
    [InlineData("ffmpeg", "target", "ffmpeg_filter", "frame 0 is \"38 Function not implemented\"")]
    [InlineData("mdprpc", "none", "majordomo_workers", "in which $.echo selects nothing")]
    [InlineData("mdprpc", "unknown", "majordomo_workers", "frame 1 is \"\\x04\"")]
    [InlineData("vllm_replay", "endless", "vllm_kv_replay", "frame 0 is")]
    public async Task Probe_WrongAnswer_IsAliveAndNotReady(string kind, string broken, string module, string problem)
    {
        var verdict = await ModuleVerdict.ProbeInPeaceAsync($"services.py --kind {kind} --broken {broken}", module);

        Assert.Equal((2, "unexpected_reply"), (verdict.ExitCode, verdict.Reason));
        Assert.Contains(problem, verdict.Sentence, StringComparison.Ordinal);
        Assert.Equal((true, true, false), (verdict.Reachable, verdict.Responsive, verdict.Ready));
    }

    [Fact]
    public async Task Probe_ZerorpcServerWithHeartbeatsAlone_IsNotResponsive()
    {
        var verdict = await ModuleVerdict.ProbeAsync("services.py --kind zerorpc --broken unfinished", "zerorpc_ping");

        Assert.Equal((2, "reply_timeout"), (verdict.ExitCode, verdict.Reason));
        Assert.Equal((true, false, false), (verdict.Reachable, verdict.Responsive, verdict.Ready));
    }

    [Fact]
    public async Task Probe_RealMongrel2_IsOkUntilItIsStopped()
    {
        await using var server = await PythonPeer.StartAsync("mongrel2_server.py");

        var well = await ModuleVerdict.ProbeAsync(server, "mongrel2_control");
        await server.CommandAsync("stop");
        var stopped = await ModuleVerdict.ProbeAsync(server, "mongrel2_control");
        await server.CommandAsync("continue");
        var again = await ModuleVerdict.ProbeAsync(server, "mongrel2_control");

        Assert.True(well is { ExitCode: 0, Ready: true }, well.Sentence);
        Assert.True(stopped is { ExitCode: 2, Reachable: false }, stopped.Sentence);
        Assert.True(again is { ExitCode: 0, Ready: true }, again.Sentence);
    }

    [Theory]
    [InlineData("circus", "circus_numwatchers", "circus_watchers", "3")]
    [InlineData("monero", "monero_rpc", "monero_height", "71")]
    [InlineData("monero", "monero_rpc", "monero_txpool_transactions", "2")]
    [InlineData("mdprpc", "majordomo_workers", "majordomo_service_workers", "2")]
    public async Task Serve_Requests_GiveTheirValues(string kind, string module, string metric, string value)
    {
        await using var server = await PythonPeer.StartAsync("services.py", "--kind", kind);
        await using var exporter = await ExporterProcess.StartAsync(
            $"targets: [{{name: t, endpoint: \"{server.Endpoint}\", modules: [{module}], interval: 1s, timeout: 900ms}}]\n");

        await exporter.EventuallyAsync(metrics => metrics.Text.Contains($"\n{metric}{{target=\"t\",module=\"{module}\"", StringComparison.Ordinal)
            && metrics.Text.Split('\n').First(line => line.StartsWith($"{metric}{{", StringComparison.Ordinal)).EndsWith($" {value}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("circus", "circus_stats", "circus_watcher_cpu_percent", ",watcher=\"my.app\"} 0.5")]
    [InlineData("circus", "circus_stats", "circus_watcher_oldest_process_age_seconds", ",watcher=\"my.app\"} 5.5")]
    [InlineData("monero_blocks", "monero_blocks", "monero_block_height", "} ")]
    [InlineData("monero_txpool", "monero_txpool", "monero_txpool_fee_xmr", "} 0.0026052")]
    [InlineData("ipyparallel", "ipyparallel_heartbeat", "ipyparallel_heartmonitor_uptime_seconds", "} ")]
    [InlineData("hashblock", "bitcoin_core_blocks", "bitcoin_block_messages_total", "} ")]
    [InlineData("sequence", "bitcoin_core_sequence", "bitcoin_mempool_changes_total", "} ")]
    [InlineData("vllm", "vllm_kv_events", "vllm_kv_batches_total", "} ")]
    [InlineData("vllm", "vllm_kv_events", "zmq_subscription_delay_seconds", "} ")]
    public async Task Serve_Feeds_GiveTheirValues(string kind, string module, string metric, string labelAndValue)
    {
        await using var server = await PythonPeer.StartAsync("numbered_pub.py", "--kind", kind);
        await using var exporter = await ExporterProcess.StartAsync(
            $"targets: [{{name: t, endpoint: \"{server.Endpoint}\", modules: [{module}], interval: 1s, timeout: 900ms}}]\n");

        var samples = await exporter.EventuallyAsync(metrics => metrics.Text.Contains($"\n{metric}{{target=\"t\",module=\"{module}\"{labelAndValue}", StringComparison.Ordinal));

        Assert.DoesNotContain("my.app.10409", samples.Text, StringComparison.Ordinal); // the process of circus' watcher is no series
    }
}
