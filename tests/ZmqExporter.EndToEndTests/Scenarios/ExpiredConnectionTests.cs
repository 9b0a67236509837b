using ZmqExporter.EndToEndTests.Messaging;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>A load balancer that ends idle connections at their next use is no server that fails.</summary>
public sealed class ExpiredConnectionTests
{
    private const string Server = "server";

    [Theory]
    [InlineData("ping", ClientKind.Zmtp)]
    [InlineData("unasked", ClientKind.Zmtp)]
    [InlineData("ping", ClientKind.NetMq)]
    internal async Task Serve_KeptConnectionIsResetAtTheRequest_AsksOnAFreshOneAndIsLate(string module, ClientKind client)
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await using var proxy = new ForgetfulProxy(peer.Port);
        var config = ScenarioConfig.Of(proxy.Endpoint, module, client)
            .Replace("modules:\n", "modules:\n  unasked: {prober: request, ping: false, send: [ping], expect: [{equals: pong}]}\n", StringComparison.Ordinal);
        await using var exporter = await ExporterProcess.StartAsync(config, "--log.level=debug");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");

        for (var expired = 1; expired <= 2; expired++)
        {
            proxy.Expire();
            await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).Late == expired);
        }

        var after = await exporter.ScrapeAsync();
        Assert.Equal((0, (1, 1, 1)), (TargetView.Of(after, Server).Missed, TargetView.Of(after, Server).Answers));
        await exporter.Process.WaitForLineAsync("the kept connection, idle for .* s, was ended when the request was sent .*: a load balancer or firewall drops idle connections; use connection: per_probe or a shorter interval");
    }
}
