using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests;

public sealed class ServeTests
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Start_OnPortZero_LogsOneListeningLineWithTheRealPort()
    {
        await using var exporter = await ExporterProcess.StartAsync(Configs.Nothing);

        Assert.NotEqual(0, exporter.Address.Port);
        using var response = await exporter.GetAsync("/-/healthy");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Single(exporter.LogLines, line => line.Contains("listening", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(Configs.Nothing, "level=warn .*msg=\"no targets: nothing is probed\" config_file={0}$")]
    [InlineData(Configs.Refused, "level=info .*msg=\"config loaded\" config_file={0} targets=1$")]
    public async Task Start_Config_IsLoggedInOneLine(string config, string expected)
    {
        await using var exporter = await ExporterProcess.StartAsync(config);

        var line = Assert.Single(exporter.LogLines, line => line.Contains("config_file=", StringComparison.Ordinal));
        Assert.Matches(expected.Replace("{0}", Regex.Escape(exporter.ConfigFile), StringComparison.Ordinal), line);
    }

    [Fact]
    public async Task Start_UnderTheNameServe_ServesToo()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("zmq_exporter.yml", Configs.Nothing);
        await using var process = ExporterProcess.StartProcess(["serve", "--config.file", file, "--web.listen-address", "127.0.0.1:0"]);

        await process.WaitForLineAsync("msg=\"listening\"");
    }

    [Theory]
    [InlineData(Configs.Nothing)]
    [InlineData(Configs.Refused)] // with a target the scheduler is at work when the port turns out to be in use
    public async Task Start_PortInUse_SaysSoInOneLineAndExits1(string config)
    {
        using var directory = new TempDirectory();
        var file = directory.Write("zmq_exporter.yml", config);
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();

        var result = await ExporterProcess.RunAsync($"--config.file={file}", $"--web.listen-address={occupant.LocalEndpoint}");

        Assert.Equal(1, result.ExitCode);
        Assert.Matches($"^zmq_exporter: cannot listen on {occupant.LocalEndpoint}: the port is in use[^\n]*$", result.Error);
    }

    [Fact]
    public async Task Start_JsonLogFormat_LogsOneObjectALine()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("zmq_exporter.yml", Configs.Nothing);
        await using var process = ExporterProcess.StartProcess(
            [$"--config.file={file}", "--web.listen-address=127.0.0.1:0", "--log.format=json"]);

        var line = await process.WaitForLineAsync("^{.*\"msg\":\"listening\".*}$");

        using var json = System.Text.Json.JsonDocument.Parse(line.Value);
        Assert.Equal(
            ["time", "level", "component", "msg", "address"],
            json.RootElement.EnumerateObject().Select(property => property.Name),
            StringComparer.Ordinal);
        Assert.StartsWith("http://127.0.0.1:", json.RootElement.GetProperty("address").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Signal_WhileServing_EndsInGoodOrder(string signal)
    {
        await using var exporter = await ExporterProcess.StartAsync(Configs.Nothing);
        await exporter.GetTextAsync("/-/healthy"); // leaves an idle connection open, as Prometheus does

        await exporter.Process.SignalAsync(signal);

        Assert.Equal(0, await exporter.Process.WaitForExitAsync(StopLimit));
        Assert.DoesNotContain(exporter.LogLines, line => line.Contains("level=error", StringComparison.Ordinal));
        var lines = string.Join('\n', exporter.LogLines.TakeLast(2));
        Assert.Matches("msg=\"stopping\"\n.*msg=\"stopped\"$", lines);
    }

    [Fact]
    public async Task Signal_WhileProbesRun_EndsInGoodOrderWithinItsLimit()
    {
        // Eight probes, spread over the interval: when five run, both modules are among them, and the last one has its timeout before it.
        await using var silent = RawPeer.Silent();
        var names = string.Join('\n', "abcd".Select(name =>
            $"  - {{name: {name}, endpoint: \"{silent.Endpoint}\", modules: [request, handshake]}}"));
        await using var exporter = await ExporterProcess.StartAsync(
            $$"""
            defaults: {interval: 20s, timeout: 18s}
            modules:
              request: {prober: request, socket: req, send: [ping], expect: [{equals: pong}]}
              handshake: {prober: handshake}
            targets:
            {{names}}
              - {name: closed, endpoint: "tcp://127.0.0.1:1", modules: [request]}

            """);
        await exporter.EventuallyAsync(metrics => metrics.Value("zmq_exporter_probes_in_flight") >= 5);

        await exporter.Process.SignalAsync("TERM");

        Assert.Equal(0, await exporter.Process.WaitForExitAsync(StopLimit));
        Assert.DoesNotContain(exporter.LogLines, line => line.Contains("level=error", StringComparison.Ordinal));
        Assert.DoesNotContain(exporter.LogLines, line => line.Contains("left behind", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Signal_WhileARequestNeverEnds_StillEndsInGoodOrder()
    {
        await using var exporter = await ExporterProcess.StartAsync(Configs.Nothing);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, exporter.Address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync("POST /-/healthy HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);

        await exporter.Process.SignalAsync("TERM");

        Assert.Equal(0, await exporter.Process.WaitForExitAsync(StopLimit));
    }

    [Fact]
    public async Task Environment_OfAspNetCore_DoesNotMoveTheListener()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("zmq_exporter.yml", Configs.Nothing);
        // The base image of the container sets this one.
        await using var process = ChildProcess.Start(
            "env",
            ["ASPNETCORE_HTTP_PORTS=8080", ExporterProcess.Executable, $"--config.file={file}", "--web.listen-address=127.0.0.1:0"],
            "it comes with coreutils");

        await process.WaitForLineAsync(@"msg=""listening"" address=http://127\.0\.0\.1:\d+$");

        var warning = Assert.Single(process.Error, line => line.Contains("level=warn", StringComparison.Ordinal));
        Assert.Contains("no targets", warning, StringComparison.Ordinal);
    }
}
