namespace ZmqExporter.EndToEndTests;

/// <summary>What stands inside of messages of servers on libzmq, in each format: conditions, values, numbers and times.</summary>
public sealed class ContentTests
{
    /// <summary>How each form is looked into: the source of a named value.</summary>
    private static string Source(string form, string name) => form switch
    {
        "binary" => name switch
        {
            "queue.depth" => "offset: 2, format: uint32_be",
            "load" => "offset: 6, format: float32_be",
            _ => "offset: 10, format: uint64_be",
        },
        "zlib" => $"decode: [zlib], json: $.{name}",
        _ => $"{form}: $.{name}",
    };

    [Theory]
    [InlineData("json")]
    [InlineData("msgpack")]
    [InlineData("cbor")]
    [InlineData("zlib")]
    [InlineData("binary")]
    public async Task Serve_RequestInAnyFormat_GivesItsValues(string form)
    {
        await using var server = await PythonPeer.StartAsync("documents.py", "--kind", "rep", "--form", form);
        var workers = form == "binary" ? ""
            : $"- {{metric: app_worker_busy, help: Busy., each: '$.workers[*]', labels: {{worker: $.name}}, {Source(form, "busy")}}}";
        await using var exporter = await ExporterProcess.StartAsync($$"""
            defaults: {interval: 1s, timeout: 1s}
            probe_endpoint: {allow: [{cidrs: [127.0.0.1]}]}
            modules:
              status:
                prober: request
                send: [status]
                expect: [{ {{Source(form, "queue.depth")}}, at_least: 0, below: 100 }]
                values:
                  - {metric: app_queue_depth, help: Jobs that wait., {{Source(form, "queue.depth")}} }
                  - {metric: app_load_percent, help: Load., scale: 100, {{Source(form, "load")}} }
                  - {metric: app_requests_total, help: Requests., type: counter, {{Source(form, "n")}} }
                  {{workers}}
            targets:
              - {name: app, endpoint: "{{server.Endpoint}}", modules: [status]}
            """);

        var scrape = await exporter.EventuallyAsync(samples => samples.Value("app_requests_total") >= 2);

        Assert.Equal(7, scrape.Value("app_queue_depth", ("target", "app"), ("module", "status")));
        Assert.Equal(50, scrape.Value("app_load_percent"));
        Assert.Equal(form == "binary" ? null : 4, scrape.Value("app_worker_busy", ("worker", "w2")));
        Assert.Equal(0, scrape.Value("zmq_values_dropped_total"));
        Assert.Equal(1, scrape.Value("zmq_target_state", ("state", "up")));
        var text = await exporter.GetTextAsync("/metrics");
        var check = await Promtool.CheckMetricsAsync(text);
        Assert.Equal(("", 0), (check.Output + check.Error, check.ExitCode));
        Assert.Contains("\napp_queue_depth 7\n", await exporter.GetTextAsync($"/probe?target={Uri.EscapeDataString(server.Endpoint)}&module=status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_ConditionThatFails_SaysWhatWasFoundAndTheValuesGoWithTheTarget()
    {
        await using var server = await PythonPeer.StartAsync("documents.py", "--kind", "rep", "--form", "json");
        await using var exporter = await ExporterProcess.StartAsync($$"""
            defaults: {interval: 1s, timeout: 1s, policy: {down_after: 2} }
            modules:
              fine: {prober: request, send: [status], values: [{metric: app_depth, help: Depth., json: $.queue.depth}]}
              full: {extends: fine, expect: [{json: $.queue.depth, below: 5}]}
            targets:
              - {name: app, endpoint: "{{server.Endpoint}}", modules: [fine, full]}
            """);

        var scrape = await exporter.EventuallyAsync(samples => samples.Value("zmq_target_state", ("module", "full"), ("state", "down")) == 1);
        Assert.Equal(7, scrape.Value("app_depth", ("module", "fine")));
        Assert.Null(scrape.Value("app_depth", ("module", "full")));
        await exporter.Process.WaitForLineAsync("which is not below 5");

        await server.DisposeAsync();
        await exporter.EventuallyAsync(samples => samples.Value("zmq_target_state", ("module", "fine"), ("state", "down")) == 1 && samples.Find("app_depth").Count == 0);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("msgpack")]
    [InlineData("zlib")]
    public async Task Serve_FeedInAnyFormat_SeesLossesDelaysAndTheLatestValues(string form)
    {
        await using var server = await PythonPeer.StartAsync("documents.py", "--kind", "pub", "--form", form, "--lose", "10");
        await using var exporter = await ExporterProcess.StartAsync($$"""
            defaults: {interval: 1s, timeout: 1s}
            modules:
              feed:
                prober: subscribe
                topics: [status.]
                max_silence: 2s
                expect: [{frame: 1, {{Source(form, "queue.depth")}}, equals: 7}]
                sequence: {frame: 1, {{Source(form, "n")}}, per: {frame: 1, {{Source(form, "channel")}} } }
                sent_at: {frame: 1, {{Source(form, "at")}} }
                values:
                  - {metric: app_number, help: Number., frame: 1, {{Source(form, "n")}}, labels: {channel: $.channel} }
            targets:
              - {name: app, endpoint: "{{server.Endpoint}}", modules: [feed]}
            """);

        var scrape = await exporter.EventuallyAsync(samples => samples.Value("zmq_subscription_lost_messages_total") >= 4 && samples.Find("app_number").Count == 2);

        Assert.Equal(0, scrape.Value("zmq_subscription_untracked_messages_total"));
        Assert.Equal(1, scrape.Value("zmq_target_state", ("state", "up")));
        Assert.InRange(scrape.Value("zmq_subscription_delay_seconds")!.Value, -1, 5);
        var messages = scrape.Value("zmq_subscription_messages_total")!.Value;
        var lost = scrape.Value("zmq_subscription_lost_messages_total")!.Value;
        Assert.InRange(lost / (messages + lost), 0.03, 0.2); // one in ten
    }
}
