using System.Globalization;

namespace ZmqExporter.EndToEndTests;

/// <summary>Servers on libzmq that want to be logged in to, that know their clients by identity, and that answer with much.</summary>
public sealed class SessionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("zmtp", "router", "dealer")]
    [InlineData("zmtp", "rep", "req")]
    [InlineData("netmq", "router", "req")]
    public async Task Serve_BinarySessionId_GoesBackInEveryFormAsItCame(string client, string server, string socket)
    {
        await using var peer = await PythonPeer.StartAsync("session.py", "--kind", server);
        await using var exporter = await ExporterProcess.StartAsync($$"""
            defaults: {interval: 500ms, timeout: 450ms, client: {{client}} }
            modules:
              session:
                prober: request
                socket: {{socket}}
                steps:
                  - send: [login]
                    expect: [{equals: welcome}]
                    capture:
                      session: {frame: 1}
                      lease: {frame: 2, json: $.lease}
                      packed: {frame: 3, msgpack: $.session}
                  - send:
                      - work
                      - "{session}"
                      - {parts: [{uint32_be: "{lease}"}]}
                      - {json: {lease: "{lease}"} }
                      - {msgpack: {s: "{packed}"} }
                    expect: [{equals: done}, {frame: 1, equals: "{session}"}, {frame: 1, equals: "{packed}"}]
            targets:
              - {name: app, endpoint: "{{peer.Endpoint}}", modules: [session]}
            """);

        var samples = await exporter.EventuallyAsync(samples => samples.Value("zmq_probes_total") >= 5, Patience);

        // Each id is good once: one that came from another probe would be denied.
        Assert.Empty(samples.Find("zmq_probe_failures_total", ("reason", "unexpected_reply")));
        Assert.Equal(1, samples.Value("zmq_target_state", ("state", "up")));
    }

    [Fact]
    public async Task Probe_NothingToCapture_SaysWhereItLookedAndWhatWasThere()
    {
        await using var peer = await PythonPeer.StartAsync("session.py");
        using var directory = new TempDirectory();
        var config = Path.Combine(directory.Path, "zmq.yml");
        await File.WriteAllTextAsync(config, """
            modules:
              session: {prober: request, steps: [{send: [log in], capture: {session: {frame: 1}}}, {send: [work, "{session}"]}]}
            """, TestContext.Current.CancellationToken);

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--module=session", $"--config.file={config}");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("{session} cannot be captured: frame 1 is missing: the message has 1 frame", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zmtp", "dealer", "persistent")]
    [InlineData("zmtp", "req", "per_probe")]
    [InlineData("netmq", "req", "persistent")]
    [InlineData("netmq", "dealer", "per_probe")]
    public async Task Serve_ServerThatKnowsItsClients_AnswersTheRoutingIdAlsoAfterRenewals(string client, string socket, string connection)
    {
        await using var peer = await PythonPeer.StartAsync("session.py", "--identity", "probe-1");
        var age = connection == "persistent" ? ", max_connection_age: 1s" : "";
        await using var exporter = await ExporterProcess.StartAsync($$"""
            defaults: {interval: 300ms, timeout: 250ms, client: {{client}} }
            modules:
              known: {prober: request, socket: {{socket}}, connection: {{connection}}, send: [login], expect: [{equals: welcome}], routing_id: probe-1{{age}} }
              other: {extends: known, routing_id: probe-2}
              nobody: {prober: request, socket: {{socket}}, send: [login]}
            targets:
              - {name: app, endpoint: "{{peer.Endpoint}}", modules: [known, other, nobody]}
            """);

        var samples = await exporter.EventuallyAsync(
            samples => samples.Value("zmq_probes_total", ("module", "known")) >= 15 && samples.Value("zmq_target_state", ("module", "other"), ("state", "down")) == 1,
            Patience);

        Assert.Equal(1, samples.Value("zmq_target_state", ("module", "known"), ("state", "up")));
        Assert.DoesNotContain(samples.Find("zmq_probe_failures_total", ("module", "known")), sample => sample.Value > 1); // a busy machine has one
        Assert.True(samples.Value("zmq_connection_events_total", ("module", "known"), ("event", "connected")) >= 3);
        Assert.Equal(0, samples.Value("zmq_target_ready", ("module", "nobody")));
    }

    [Fact]
    public async Task CheckConfig_OneRoutingIdTwiceAtOneEndpoint_Warns()
    {
        using var directory = new TempDirectory();
        var config = Path.Combine(directory.Path, "zmq.yml");
        await File.WriteAllTextAsync(config, """
            modules:
              a: {prober: request, send: [x], routing_id: probe}
            target_files: [more.yml]
            targets:
              - {name: one, endpoint: "tcp://127.0.0.1:5555", modules: [a]}
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "more.yml"), """
            - {targets: ["tcp://127.0.0.1:5555"], labels: {__zmq_name__: two, __zmq_modules__: a}}
            """, TestContext.Current.CancellationToken);

        var result = await ExporterProcess.RunAsync("check-config", config);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("one with module a and two with module a have the routing_id \"probe\"", result.Output + result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zmtp", 16 << 20)]
    [InlineData("netmq", 8 << 20)]
    public async Task Probe_LargeReply_ComesIfMaxReplyAllowsIt(string client, int size)
    {
        await using var peer = await PythonPeer.StartAsync("session.py");
        using var directory = new TempDirectory();
        var config = Path.Combine(directory.Path, "zmq.yml");
        await File.WriteAllTextAsync(config, string.Create(CultureInfo.InvariantCulture, $$"""
            defaults: {client: {{client}}, timeout: 10s}
            modules:
              enough: {prober: request, send: [large, "{{size}}"], max_reply: {{size >> 20}}MiB, expect: [{starts_with: xxx}]}
              little: {extends: enough, send: [large, "{{size + 1}}"]}
            """), TestContext.Current.CancellationToken);

        var enough = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--module=enough", $"--config.file={config}");
        var little = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--module=little", $"--config.file={config}");

        Assert.True(enough.ExitCode is 0 or 1, enough.Output);
        Assert.Equal(2, little.ExitCode);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"; max_reply is {size >> 20}MiB: raise it"), little.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_ManyLargeRepliesAtOnce_MemoryIsBoundedAndAllGoesOn()
    {
        const int Targets = 40;
        await using var peer = await PythonPeer.StartAsync("session.py");
        await using var well = await PythonPeer.StartRepAsync();
        var targets = string.Concat(Enumerable.Range(0, Targets).Select(i => $"  - {{name: large-{i}, endpoint: \"{peer.Endpoint}\", modules: [large]}}\n"));
        await using var exporter = await ExporterProcess.StartInAsync("export DOTNET_GCHeapHardLimit=C000000", $$"""
            defaults: {interval: 2s, timeout: 2s}
            modules:
              large: {prober: request, send: [large, "8388608"], max_reply: 8MiB}
              small: {prober: request, interval: 300ms, timeout: 250ms, send: [ping]}
            targets:
              - {name: small, endpoint: "{{well.Endpoint}}", modules: [small]}
            {{targets}}
            """);

        var samples = await exporter.EventuallyAsync(
            samples => samples.Value("zmq_probes_total", ("target", "small")) >= 20
                && samples.Find("zmq_probes_total", ("module", "large")).All(sample => sample.Value >= 2),
            Patience);

        Assert.InRange(samples.Value("process_resident_memory_bytes")!.Value, 1, 400 << 20); // all replies at once are 320 MiB, and each is held twice
        Assert.Empty(samples.Find("zmq_probe_failures_total", ("module", "large"), ("reason", "too_large")));
        Assert.True(samples.Find("zmq_probe_last_success_timestamp_seconds", ("module", "large")).Count > 0);
        Assert.Equal(1, samples.Value("zmq_target_state", ("target", "small"), ("state", "up")));
    }

    [Theory]
    [InlineData(50, 0, "")]
    [InlineData(51, 2, "51 messages came, none meets until, and max_passed_over is 50: frame 0 is \"tick\" instead of \"end\"")]
    public async Task Probe_MessagesBeforeTheReply_ArePassedOverUpToTheLimit(int others, int exitCode, string detail)
    {
        await using var peer = await PythonPeer.StartAsync("session.py");
        using var directory = new TempDirectory();
        var config = Path.Combine(directory.Path, "zmq.yml");
        await File.WriteAllTextAsync(config, string.Create(CultureInfo.InvariantCulture, $$"""
            modules:
              many: {prober: request, socket: dealer, send: [many, "{{others}}"], until: [{equals: end}], max_passed_over: 50}
            """), TestContext.Current.CancellationToken);

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--module=many", $"--config.file={config}");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(detail, result.Output, StringComparison.Ordinal);
    }
}
