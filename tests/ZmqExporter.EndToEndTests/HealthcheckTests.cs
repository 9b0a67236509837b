namespace ZmqExporter.EndToEndTests;

public sealed class HealthcheckTests
{
    [Fact]
    public async Task Healthcheck_RunningExporter_Exits0()
    {
        await using var exporter = await ExporterProcess.StartAsync(Configs.Nothing);

        var result = await ExporterProcess.RunAsync("healthcheck", $"--url={exporter.Address}-/healthy");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("healthy", result.Output);
    }

    [Fact]
    public async Task Healthcheck_AddressWithoutAPath_AsksForTheHealth()
    {
        await using var exporter = await ExporterProcess.StartAsync(Configs.Nothing);

        var result = await ExporterProcess.RunAsync("healthcheck", $"--url={exporter.Address.ToString().TrimEnd('/')}");

        Assert.Equal((0, "healthy"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task Healthcheck_AnotherPageThatExists_Exits1()
    {
        await using var exporter = await ExporterProcess.StartAsync(Configs.Nothing);

        var result = await ExporterProcess.RunAsync("healthcheck", $"--url={exporter.Address}metrics");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("answered 200 #", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Healthcheck_ErrorStatus_Exits1()
    {
        await using var exporter = await ExporterProcess.StartAsync(Configs.Nothing);

        var result = await ExporterProcess.RunAsync("healthcheck", $"--url={exporter.Address}no-such-page");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("404", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Healthcheck_NothingListens_Exits1()
    {
        var result = await ExporterProcess.RunAsync("healthcheck", "--url=http://127.0.0.1:1/-/healthy");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("refused", result.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Healthcheck_ServerNeverAnswers_Exits1()
    {
        await using var silent = RawPeer.Silent();

        var result = await ExporterProcess.RunAsync("healthcheck", $"--url=http://127.0.0.1:{silent.Port}/-/healthy");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no answer within", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Healthcheck_Timeout_EndsTheWaitAndIsNamed()
    {
        await using var silent = RawPeer.Silent();

        var result = await ExporterProcess.RunAsync("healthcheck", $"--url=http://127.0.0.1:{silent.Port}", "--timeout=300ms");

        Assert.Equal(1, result.ExitCode);
        Assert.EndsWith("no answer within 0.3 s", result.Error, StringComparison.Ordinal);
    }
}
