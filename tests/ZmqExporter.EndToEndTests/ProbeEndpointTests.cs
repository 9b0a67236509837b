using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.EndToEndTests;

/// <summary><c>/probe</c> of a running exporter, with real libzmq servers.</summary>
public sealed class ProbeEndpointTests
{
    private const string Modules =
        """
        modules:
          ping: {prober: request, timeout: 2s, send: [ping], expect: [{equals: pong}]}
          echo: {prober: request, timeout: 2s, send: [ping], expect: [{equals: ping}]}
          endless: {prober: handshake, timeout: 1h, interval: 2h}

        """;

    private const string Loopback = Modules + "probe_endpoint: {allow: [{cidrs: [127.0.0.1]}]}\n";

    [Fact]
    public async Task Get_ServerThatAnswers_IsASuccessInEachFormat()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Loopback);

        var text = await exporter.GetTextAsync(Query(server.Endpoint, "ping"));

        Assert.Contains("\nprobe_success 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\nprobe_timeout_seconds 2\n", text, StringComparison.Ordinal);
        Assert.Contains("\nprobe_zmq_phase_duration_seconds{phase=\"request\"} 0.", text, StringComparison.Ordinal);
        Assert.Contains("\nprobe_zmq_peer_info{zmtp_version=\"3.1\",mechanism=\"NULL\",socket_type=\"REP\"} 1\n", text, StringComparison.Ordinal);
        var check = await Promtool.CheckMetricsAsync(text);
        Assert.Equal(("", 0), (check.Output + check.Error, check.ExitCode));
        using var client = new HttpClient { BaseAddress = exporter.Address };
        client.DefaultRequestHeaders.Add("Accept", "application/openmetrics-text;version=1.0.0");
        Assert.EndsWith("\n# EOF\n", await client.GetStringAsync(new Uri(Query(server.Endpoint, "ping"), UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WrongReply_IsAFailureWhoseConversationIsShownAndKept()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Loopback);

        var debug = await exporter.GetTextAsync(Query(server.Endpoint, "echo") + "&debug=true");

        string[] parts = ["> \"ping\"", "< \"pong\"", "* handshake_succeeded", "  handshake  ", "FAILED (unexpected_reply)", "probe_success 0\n", "probe_zmq_reachable 1\n", "probe_zmq_ready 0\n"];
        Assert.All(parts, part => Assert.Contains(part, debug, StringComparison.Ordinal));
        var page = await exporter.GetTextAsync("/");
        Assert.Contains($"<td><bdi>{server.Endpoint}</bdi></td><td><bdi>echo</bdi></td><td><span class=\"state down\">failure: unexpected_reply</span></td>", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"./probe/1\">", page, StringComparison.Ordinal);
        Assert.Contains("FAILED (unexpected_reply)", await exporter.GetTextAsync("/probe/1"), StringComparison.Ordinal);
        using var missing = await exporter.GetAsync("/probe/2");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);

        // Nothing of it is left in /metrics.
        Assert.DoesNotContain(server.Endpoint, await exporter.GetTextAsync("/metrics"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("module=ping", "target is missing")]
    [InlineData("target=tcp://127.0.0.1:1&target=tcp://127.0.0.1:2&module=ping", "target is missing, or there are several")]
    [InlineData("target=tcp://127.0.0.1:1", "module is missing")]
    [InlineData("target=tcp://127.0.0.1:1&module=pong", "there is no module \"pong\"; did you mean ping?")]
    [InlineData("target=127.0.0.1:1&module=ping", "an endpoint starts with its transport; write tcp://127.0.0.1:1")]
    public async Task Get_BadInput_Is400WithTheReason(string query, string words)
    {
        await using var exporter = await ExporterProcess.StartAsync(Loopback);

        var (status, text) = await GetAsync(exporter, $"/probe?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(words, text, StringComparison.Ordinal);
    }

    // The server listens on every address of this host; only 192.0.2.1 may be reached, and whatever else is written is something else.
    [Fact]
    public async Task Get_EverySpellingOfAnAddressThatIsNotAllowed_ReachesNobody()
    {
        await using var server = await PythonPeer.StartAsync("rep_server.py", "--bind", "tcp://*:*");
        await using var exporter = await ExporterProcess.StartAsync(Modules + "probe_endpoint: {allow: [{cidrs: [192.0.2.0/24, '2001:db8::/32']}]}\n");
        string[] spellings =
        [
            "127.0.0.1", "localhost", "LOCALHOST.", "127.1", "0x7f.1", "127.000.000.001", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001", "0", "0.0.0.0", "0x0",
            "127.0.0.2", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]",
            "[::1%lo]", "[::1%1]", "[::ffff:127.0.0.1%1]", "[fe80::1%lo]", "192.0.2.1@127.0.0.1", "127.0.0.1#192.0.2.1", "127.0.0.1%00192.0.2.1", "①②⑦.0.0.1", "127。0。0。1",
            "eth0;127.0.0.1", "192.0.2.1;127.0.0.1", "192.0.2.1,127.0.0.1",
        ];

        var answers = await Task.WhenAll(spellings.Select(async host => await GetAsync(exporter, Query($"tcp://{host}:{server.Endpoint[(server.Endpoint.LastIndexOf(':') + 1)..]}", "ping"))));

        Assert.All(spellings.Zip(answers), pair => Assert.True(
            pair.Second.Status == HttpStatusCode.BadRequest && pair.Second.Text.Contains("target", StringComparison.Ordinal)
            || pair.Second.Text.Contains("probe_zmq_failure{reason=\"resolve\"}", StringComparison.Ordinal), // no spelling of anything
            $"{pair.First}: {pair.Second.Text}"));
        Assert.DoesNotContain(answers, answer => answer.Text.Contains("probe_success 1", StringComparison.Ordinal));

        // Some of them do lead there: where everything may be reached, they do reach it.
        await using var open = await ExporterProcess.StartAsync(Modules + "probe_endpoint: {allow: [{cidrs: [0.0.0.0/0, '::/0']}]}\n");
        foreach (var host in (string[])["localhost", "0x7f000001", "0x7f.0.0.1", "0x7f.1"])
        {
            Assert.Contains("\nprobe_success 1\n", (await GetAsync(open, Query($"tcp://{host}:{server.Endpoint[(server.Endpoint.LastIndexOf(':') + 1)..]}", "ping"))).Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{cidrs: [127.0.0.0/8]}", HttpStatusCode.BadRequest)]
    [InlineData("{cidrs: [127.0.0.0/8], schemes: [tcp, ipc]}", HttpStatusCode.OK)]
    public async Task Get_UnixSocket_NeedsItsScheme(string rule, HttpStatusCode expected)
    {
        using var directory = new TempDirectory();
        var endpoint = $"ipc://{directory.Path}/rep.sock";
        await using var server = await PythonPeer.StartAsync("rep_server.py", "--bind", endpoint);
        await using var exporter = await ExporterProcess.StartAsync($"{Modules}probe_endpoint: {{allow: {rule}}}\n");

        var (status, text) = await GetAsync(exporter, Query(endpoint, "ping"));

        Assert.Equal(expected, status);
        Assert.Equal(expected == HttpStatusCode.OK, text.Contains("\nprobe_success 1\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_AllowIsReloaded_IsInForceFromThenOn()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Modules, "--web.enable-lifecycle");
        var (status, text) = await GetAsync(exporter, Query(server.Endpoint, "ping"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("probe_endpoint.allow", text, StringComparison.Ordinal);

        await File.WriteAllTextAsync(exporter.ConfigFile, Loopback, TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = exporter.Address };
        using var reload = await client.PostAsync(new Uri("/-/reload", UriKind.Relative), null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, reload.StatusCode);
        Assert.Contains("\nprobe_success 1\n", (await GetAsync(exporter, Query(server.Endpoint, "ping"))).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "0.5")]
    [InlineData("0.25", "0.125")]
    [InlineData("0", "2")]
    [InlineData("-1", "2")]
    [InlineData("100", "2")]
    public async Task Get_ScrapeTimeout_BoundsTheProbe(string header, string timeout)
    {
        await using var silent = RawPeer.Silent();
        await using var exporter = await ExporterProcess.StartAsync(Loopback);

        var (status, text) = await GetAsync(exporter, Query(silent.Endpoint, "ping"), header);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains($"\nprobe_timeout_seconds {timeout}\n", text, StringComparison.Ordinal);
        Assert.Contains("\nprobe_success 0\n", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(exporter, Query(silent.Endpoint, "ping"), "soon")).Status);
    }

    [Fact]
    public async Task Get_ClientGoesAway_EndsItsProbe()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var exporter = await ExporterProcess.StartAsync(Loopback);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = exporter.Address, Timeout = Timeout.InfiniteTimeSpan };
        var probe = client.GetAsync(new Uri(Query($"tcp://{listener.LocalEndpoint}", "endless"), UriKind.Relative), gone.Token);
        using var connection = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);
        await DrainAsync(connection);
        Assert.DoesNotContain("probe/1", await exporter.GetTextAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_MoreThanRunAtATime_Is503AndMetricsStillAnswer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var exporter = await ExporterProcess.StartInAsync("ulimit -n 400", Loopback);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = exporter.Address, Timeout = Timeout.InfiniteTimeSpan };
        var query = new Uri(Query($"tcp://{listener.LocalEndpoint}", "endless"), UriKind.Relative);
        var connections = new List<Socket>();
        var probes = new List<Task>();
        for (var i = 0; i < 6; i++)
        {
            probes.Add(client.GetAsync(query, gone.Token));
            connections.Add(await listener.AcceptSocketAsync(TestContext.Current.CancellationToken));
        }

        using var refused = await exporter.GetAsync(query.ToString());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Contains("6 probes on demand run already", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("zmq_exporter_build_info", await exporter.GetTextAsync("/metrics"), StringComparison.Ordinal);

        await gone.CancelAsync(); // the slots come back
        await Eventually.GetAsync(
            async () => (await GetAsync(exporter, Query("tcp://127.0.0.1:1", "ping"))).Status == HttpStatusCode.OK ? "" : null, Eventually.Deadline, () => "no slot came back");
        connections.ForEach(connection => connection.Dispose());
        await Task.WhenAll(probes).ContinueWith(_ => { }, TestContext.Current.CancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    // The multi-target pattern of blackbox_exporter: the targets are endpoints, and relabelling makes them parameters.
    [Fact]
    public async Task Prometheus_WithRelabelling_ProbesEachTarget()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Loopback);
        await using var prometheus = await PrometheusServer.StartAsync(exporter.Address, scrapeConfigs: $$"""
              - job_name: zmq_probe
                metrics_path: /probe
                params: {module: [ping]}
                static_configs: [{targets: ["{{server.Endpoint}}", "tcp://127.0.0.1:1", "tcp://127.0.0.2:1"]}]
                relabel_configs:
                  - {source_labels: [__address__], target_label: __param_target}
                  - {source_labels: [__param_target], target_label: instance}
                  - {target_label: __address__, replacement: "EXPORTER"}
            """);

        await prometheus.EventuallyAsync($"probe_success{{instance=\"{server.Endpoint}\"}} == 1", samples => samples.Count == 1);
        await prometheus.EventuallyAsync("probe_zmq_failure{instance=\"tcp://127.0.0.1:1\",reason=\"refused\"} == 1", samples => samples.Count == 1);
        await prometheus.EventuallyAsync("up{job=\"zmq_probe\",instance=\"tcp://127.0.0.2:1\"} == 0", samples => samples.Count == 1); // not allowed
        Assert.Equal(0.5, Assert.Single(await prometheus.QueryAsync($"probe_timeout_seconds{{instance=\"{server.Endpoint}\"}}")).Value);
        Assert.Equal("REP", Assert.Single(await prometheus.QueryAsync("probe_zmq_peer_info")).Labels["socket_type"]);
    }

    private static string Query(string target, string module) => $"/probe?target={Uri.EscapeDataString(target)}&module={module}";

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(ExporterProcess exporter, string query, string? scrapeTimeout = null)
    {
        using var client = new HttpClient { BaseAddress = exporter.Address };
        if (scrapeTimeout is not null)
        {
            client.DefaultRequestHeaders.Add("X-Prometheus-Scrape-Timeout-Seconds", scrapeTimeout);
        }

        using var response = await client.GetAsync(new Uri(query, UriKind.Relative), TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // Reads until the exporter ends the connection; the test's own deadline is far below the module's timeout.
    private static async Task DrainAsync(Socket connection)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Eventually.Deadline);
        var buffer = new byte[256];
        try
        {
            while (await connection.ReceiveAsync(buffer, deadline.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset is an end, too.
        }
    }
}
