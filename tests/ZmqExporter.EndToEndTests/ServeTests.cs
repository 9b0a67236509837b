using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.EndToEndTests;

public sealed class ServeTests
{
    [Fact]
    public async Task Start_OnPortZero_LogsOneListeningLineWithTheRealPort()
    {
        await using var exporter = await ExporterProcess.StartAsync(Configs.Nothing);

        Assert.NotEqual(0, exporter.Address.Port);
        using var response = await exporter.GetAsync("/-/healthy");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Single(exporter.LogLines, line => line.Contains("listening", StringComparison.OrdinalIgnoreCase));
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

        var line = await process.WaitForLineAsync("^.*\"Message\":\"listening\".*$");

        using var json = System.Text.Json.JsonDocument.Parse(line.Value);
        Assert.StartsWith(
            "http://127.0.0.1:", json.RootElement.GetProperty("State").GetProperty("address").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Signal_WhileServing_EndsInGoodOrder(string signal)
    {
        await using var exporter = await ExporterProcess.StartAsync(Configs.Nothing);
        await exporter.GetTextAsync("/-/healthy"); // leaves an idle connection open, as Prometheus does

        await exporter.Process.SignalAsync(signal);

        Assert.Equal(0, await exporter.Process.WaitForExitAsync());
        Assert.DoesNotContain(exporter.LogLines, line => line.Contains("level=error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Signal_WhileARequestNeverEnds_StillEndsInGoodOrder()
    {
        await using var exporter = await ExporterProcess.StartAsync(Configs.Nothing);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, exporter.Address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync("POST /-/healthy HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);

        await exporter.Process.SignalAsync("TERM");

        Assert.Equal(0, await exporter.Process.WaitForExitAsync());
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

        Assert.DoesNotContain(process.Error, line => line.Contains("level=warn", StringComparison.Ordinal));
    }
}
