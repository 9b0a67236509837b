using System.Globalization;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>Servers that send as fast as they can, from the exporter's first moment on, beside healthy ones.</summary>
public sealed class FloodTests
{
    private const int Neighbours = 10;

    private static readonly string[] What = ["small", "large", "huge", "more", "ping", "command"];

    // What each kind of prober connects to, and how often: as many as leave a machine with two processors something for the others.
    private static readonly (string Module, string When)[] Floods =
    [
        ("ping", "greeted"), ("echo", "greeted"), ("subscribed", "published"), ("transport", "greeted"), ("transport", "at_once"),
    ];

    [AloneFact]
    public async Task Serve_FloodsFromTheFirstMomentOn_NoOtherTargetMisses()
    {
        var kinds = Floods.SelectMany(flood => What.Select(what => (flood.Module, Peer: $"{flood.When}-{what}"))).ToArray();
        await using var flooders = await PythonPeer.StartAsync("flooders.py", [.. kinds.Select(kind => kind.Peer)]);
        var ports = (await flooders.Process.WaitForLineAsync("^ports (.+)$")).Groups[1].Value.Split(' ');
        await using var healthy = await PythonPeer.StartRepAsync();
        await using var publisher = await PythonPeer.StartAsync("pub.py");

        await using var exporter = await ExporterProcess.StartAsync(
            """
            defaults: {interval: 1s, timeout: 900ms}
            modules:
              ping: {prober: request, send: [ping], expect: [{equals: pong}]}
              echo: {prober: request, send: ["{token}"], expect: [{equals: "{token}"}]}
              subscribed: {prober: subscribe, topics: [""], max_silence: 30s}
              transport: {prober: handshake}

            """ + ScenarioConfig.Targets(
            [
                .. Enumerable.Range(0, Neighbours).Select(i => (Text($"healthy_{i}"), healthy.Endpoint, "ping")),
                ("healthy_publisher", publisher.Endpoint, "subscribed"),
                .. kinds.Select((kind, i) => (Text($"flood_{i}"), Text($"tcp://127.0.0.1:{ports[i]}"), kind.Module)),
            ]));
        var samples = await exporter.EventuallyAsync(samples =>
            Of(samples, "zmq_probes_total", "healthy").All(probes => probes >= 15) && Of(samples, "zmq_probes_total", "flood").All(probes => probes >= 5));

        Assert.Equal(Neighbours + 1, Of(samples, "zmq_probe_misses_total", "healthy").Count);
        Assert.All(Of(samples, "zmq_probe_misses_total", "healthy"), misses => Assert.Equal(0, misses));

        // Whoever answers a request with a flood gives no good answer, and whoever floods in the place of a READY makes no handshake.
        for (var i = 0; i < kinds.Length; i++)
        {
            if (kinds[i].Module is "ping" or "echo" || kinds[i].Peer.StartsWith("at_once", StringComparison.Ordinal))
            {
                var view = TargetView.Of(samples, Text($"flood_{i}"));
                Assert.True(view.State is "down" or "suspect" or "unknown" or TargetView.Changing, $"{kinds[i]} is {view.State}");
            }
        }
    }

    private static List<double> Of(MetricSamples samples, string name, string prefix) =>
        [.. samples.Find(name).Where(sample => sample.Labels["target"].StartsWith(prefix, StringComparison.Ordinal)).Select(sample => sample.Value)];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
