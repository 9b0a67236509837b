using System.Net;
using System.Text.Json;
using ZmqExporter.Configuration;
using ZmqExporter.Tests.Configuration;

namespace ZmqExporter.Tests.Http;

public sealed class TargetsEndpointTests
{
    private const string Modules = "modules:\n  ping: {prober: request, send: [ping]}\n  slow: {extends: ping, interval: 1m}\n";

    private const string Targets = """
        targets:
          - {name: orders, endpoint: "tcp://orders.internal:5555", modules: [ping], interval: 5s, timeout: 1500ms, labels: {team: a"b, Zone: ü}}
          - {name: both, endpoint: "tcp://[::1]:5555", modules: [slow, ping]}
          - {name: local, endpoint: "ipc:///run/a.sock", modules: [transport]}
          - {name: bus, endpoint: "tcp://bus.internal:5557", return_endpoint: "tcp://bus.internal:5558", modules: [transport, proxy_loop]}
        """;

    [Fact]
    public async Task Get_NoTargets_IsAnEmptyList()
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var response = await test.SendAsync(HttpMethod.Get, "/sd/targets");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("[]", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // A shorter list with the status 200 would end the others wherever it is read.
    [Fact]
    public async Task Get_TargetsAreMissing_IsNoList()
    {
        await using var test = await StartAsync();
        test.MissingTargets = "targets are missing";
        using var response = await test.SendAsync(HttpMethod.Get, "/sd/targets");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("targets are missing\n", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Get_Targets_AreInTheFormatOfHttpSd()
    {
        await using var test = await StartAsync();
        using var json = JsonDocument.Parse(await test.Client.GetStringAsync(new Uri("/sd/targets", UriKind.Relative), TestContext.Current.CancellationToken));

        Assert.Equal(
            [
                "tcp://orders.internal:5555: Zone=ü __zmq_interval__=5s __zmq_modules__=ping __zmq_name__=orders __zmq_timeout__=1s500ms team=a\"b",
                "tcp://[::1]:5555: __zmq_modules__=slow,ping __zmq_name__=both __zmq_timeout__=2s",
                "ipc:///run/a.sock: __zmq_interval__=15s __zmq_modules__=transport __zmq_name__=local __zmq_timeout__=2s",
                "tcp://bus.internal:5557: __zmq_interval__=15s __zmq_modules__=transport,proxy_loop __zmq_name__=bus __zmq_return_endpoint__=tcp://bus.internal:5558 __zmq_timeout__=2s",
            ],
            json.RootElement.EnumerateArray().Select(group => $"{group.GetProperty("targets")[0].GetString()}: "
                + string.Join(' ', group.GetProperty("labels").EnumerateObject().Select(label => $"{label.Name}={label.Value.GetString()}"))), StringComparer.Ordinal);
    }

    // Another exporter with the same modules probes the same.
    [Fact]
    public async Task Get_Targets_AreReadAsTheSameTargets()
    {
        await using var test = await StartAsync();
        var text = await test.Client.GetStringAsync(new Uri("/sd/targets", UriKind.Relative), TestContext.Current.CancellationToken);

        var read = Parsed.Lists(Modules).Read(text, "http://h/sd/targets", true);

        Assert.Empty(read.Errors);
        Assert.Equal(test.Metrics.Targets.Configs(), read.Targets.SelectMany(target => target.Configs));
    }

    private static async Task<HttpUnderTest> StartAsync()
    {
        var test = await HttpUnderTest.StartAsync();
        foreach (var target in Parsed.Config(Modules + Targets).Targets)
        {
            test.Metrics.Targets.Set(target);
        }

        return test;
    }
}
