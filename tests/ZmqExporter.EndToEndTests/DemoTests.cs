namespace ZmqExporter.EndToEndTests;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_UntilInterrupted_StartsServersExplainsItselfAndLeavesNothing()
    {
        await using var demo = ExporterProcess.StartProcess(["demo", "--web.listen-address=127.0.0.1:0"]);
        var config = await demo.WaitForLineAsync(@"^  config +(\S+)");
        await demo.WaitForLineAsync("^Ctrl-C ends the demo");
        var file = config.Groups[1].Value;
        var endpoints = (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))
            .Where(line => line.Contains("endpoint:", StringComparison.Ordinal))
            .ToDictionary(
                line => line.Split("name: ")[1].Split(',')[0],
                line => line.Split("endpoint: ")[1].Split(',')[0],
                StringComparer.Ordinal);

        Assert.Equal(["flapping", "healthy", "hung", "slow"], endpoints.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal("pong", await ZmqCheck.AskAsync("REQ", endpoints["healthy"], "ping"));
        Assert.Equal("unknown", await ZmqCheck.AskAsync("REQ", endpoints["healthy"], "pang"));
        Assert.Equal("pong", await ZmqCheck.AskAsync("REQ", endpoints["slow"], "ping"));
        Assert.Equal("pong", await ZmqCheck.AskAsync("REQ", endpoints["flapping"], "ping"));
        Assert.Equal("nothing", await ZmqCheck.AskAsync("REQ", endpoints["hung"], "ping", TimeSpan.FromMilliseconds(300)));

        await demo.SignalAsync("INT");
        Assert.Equal(0, await demo.WaitForExitAsync());
        Assert.False(File.Exists(file));
    }
}
