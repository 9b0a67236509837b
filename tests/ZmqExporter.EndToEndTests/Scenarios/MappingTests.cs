namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>Modules that look where nothing is, and feeds of which a part is wrong: who uses them sees it.</summary>
public sealed class MappingTests
{
    [Fact]
    public async Task Serve_MappingsThatFindNothing_AreInTheLogOnThePageAndInAMetric()
    {
        await using var feed = await PythonPeer.StartAsync("pub.py", "--stamp");
        await using var server = await PythonPeer.StartAsync("documents.py", "--kind", "rep", "--form", "json");
        await using var exporter = await ExporterProcess.StartAsync($$"""
            defaults: {interval: 1s, timeout: 1s}
            modules:
              right:
                prober: subscribe
                topics: [""]
                max_silence: 2s
                sequence: {frame: 1, format: uint32_le}
                sent_at: {frame: 2, format: unix_ms}
              wrong:
                extends: right
                sequence: {frame: 2, json: $.n}
                sent_at: {frame: 4, format: unix_ms}
                values: [{metric: app_body, help: Body., frame: 3, json: $}, {metric: app_sent, help: Sent., frame: 2}]
              status: {prober: request, send: [status], values: [{metric: app_depth, help: Depth., json: $.queue.length}]}
            targets:
              - {name: feed, endpoint: "{{feed.Endpoint}}", modules: [right, wrong]}
              - {name: app, endpoint: "{{server.Endpoint}}", modules: [status]}
            """);

        var scrape = await exporter.EventuallyAsync(samples =>
            samples.Find("zmq_target_unmapped").Count == 4 && samples.Value("zmq_subscription_messages_total", ("module", "wrong")) > 0
            && samples.Value("zmq_target_state", ("module", "wrong"), ("state", "up")) == 1);

        foreach (var (module, mapping) in new[] { ("wrong", "sequence"), ("wrong", "sent_at"), ("wrong", "values"), ("status", "values") })
        {
            Assert.Equal(1, scrape.Value("zmq_target_unmapped", ("module", module), ("mapping", mapping)));
        }

        Assert.Equal(0, scrape.Value("zmq_subscription_lost_messages_total", ("module", "right")));
        Assert.Null(scrape.Value("zmq_subscription_lost_messages_total", ("module", "wrong")));
        Assert.NotEmpty(scrape.Find("app_sent"));
        await exporter.Process.WaitForLineAsync("msg=\"a mapping finds nothing in what comes\" target=feed module=wrong mapping=sent_at");
        var page = await exporter.GetTextAsync("/");
        Assert.Contains("warning: <bdi>sent_at finds nothing in what comes: frame 4 is missing: the message has 4 frames</bdi>", page, StringComparison.Ordinal);
        Assert.Contains("in which $.queue.length selects nothing", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sequence: {frame: 1, json: $.n}", "warning: sequence finds nothing in the [0-9]+ messages? that came: frame 1 is ")]
    [InlineData("values: [{metric: app_body, help: Body., frame: 3, json: $.n}]", "warning: values: app_body finds nothing in the [0-9]+ messages? that came: frame 3 is \"ok\", which is not JSON")]
    public async Task Probe_MappingThatFindsNothing_SaysTheSame(string mapping, string warning)
    {
        await using var feed = await PythonPeer.StartAsync("pub.py", "--stamp");
        using var directory = new TempDirectory();
        var file = directory.Write("zmq_exporter.yml", $"modules:\n  feed:\n    prober: subscribe\n    topics: ['']\n    max_silence: 2s\n    {mapping}\n");

        var result = await ExporterProcess.RunAsync("probe", feed.Endpoint, "--module", "feed", $"--config.file={file}");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(warning, result.Output);
    }

    [Fact]
    public async Task Probe_MessageThatFailsAnExpect_IsNamedAndShown()
    {
        await using var feed = await PythonPeer.StartAsync("pub.py", "--stamp");
        using var directory = new TempDirectory();
        const string Module = """
            modules:
              feed: {prober: subscribe, topics: [""], max_silence: 2s, expect: [{frame: 3, equals: fine}], sequence: {frame: 1, format: uint32_le}}
            probe_endpoint: {allow: [{cidrs: [127.0.0.1]}]}

            """;
        var file = directory.Write("zmq_exporter.yml", Module);

        var result = await ExporterProcess.RunAsync("probe", feed.Endpoint, "--module", "feed", $"--config.file={file}");

        Assert.Equal(2, result.ExitCode);
        Assert.Matches("the first one \\(topic \"tick\", sequence [0-9]+\\): frame 3 is \"ok\" instead of \"fine\"", result.Output);
        Assert.Matches("\n *< \"tick\" \\| \".*\" \\| \"[0-9]{13}\" \\| \"ok\"\n", result.Output);

        await using var exporter = await ExporterProcess.StartAsync(Module);
        var report = await exporter.GetTextAsync($"/probe?target={Uri.EscapeDataString(feed.Endpoint)}&module=feed&debug=true");
        Assert.Matches("< \"tick\" \\| \".*\" \\| \"[0-9]{13}\" \\| \"ok\"\n", report);
        Assert.Matches("sequence [0-9]+\\): frame 3 is \"ok\" instead of \"fine\"", report);
    }

    [Fact]
    public async Task Serve_OneTopicOfManyIsTooSlow_NamesIt()
    {
        await using var feed = await PythonPeer.StartAsync("pub.py", "--topic", "book.a", "--topic", "trade.a");
        await using var exporter = await ExporterProcess.StartAsync($$"""
            modules:
              feed: {prober: subscribe, topics: [""], max_silence: 5s, interval: 500ms, timeout: 400ms, policy: {late_after: 200ms}, min_rate: {book.: 1/s, trade.: 500/s}, rate_window: 1s}
            targets:
              - {name: feed, endpoint: "{{feed.Endpoint}}", modules: [feed]}
            """);

        await exporter.EventuallyAsync(samples => samples.Value("zmq_target_failing", ("reason", "silent")) == 1);
        Assert.Matches(
            "[0-9.]+ messages a second under &quot;trade\\.&quot; over 1 s, and min_rate is 500</bdi>", await exporter.GetTextAsync("/"));
    }
}
