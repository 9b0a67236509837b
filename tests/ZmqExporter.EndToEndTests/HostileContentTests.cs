using System.Globalization;
using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests;

/// <summary>
/// Content that does harm to who looks into it, from servers on libzmq: each payload has the verdict that the documents say, memory and series stay
/// bounded, every format of /metrics can be read, and the targets beside it are not disturbed.
/// </summary>
[WaitsLong]
public sealed class HostileContentTests
{
    private const long MostMemory = 512L << 20;

    // The payload, the source of its value, and what the verdict says about it; null for a server that is well.
    private static readonly (string Name, string Source, string? Problem)[] Replies =
    [
        ("bomb_zlib", "decode: [zlib], json: $.a", "too much to look at"),
        ("bomb_gzip", "decode: [gzip], json: $.a", "too much to look at"),
        ("bomb_twice", "decode: [zlib, zlib], msgpack: $.a", "too much to look at"),
        ("deep_json", "json: $.a", "too deep to look into"),
        ("deep_msgpack", "msgpack: $.a", "which is not MessagePack"),
        ("deep_cbor", "cbor: $.a", "which is not CBOR"),
        ("long_msgpack", "msgpack: $.a", "which is not MessagePack"),
        ("long_cbor", "cbor: $.a", "which is not CBOR"),
        ("utf8", "json: $.a", "in which $.a selects nothing"),
        ("huge", "json: $.a", "which is no number"),
        ("digits", "json: $.a", "which is no number"),
        ("nan_msgpack", "msgpack: $.a", "which is no number"),
        ("nan_cbor", "cbor: $.a", "which is no number"),
        ("truncated", "json: $.a", "which is not JSON"),
        ("wide", "decode: [zlib], json: '$..a'", "too many to search for"), // needs a tree of two million numbers
        ("fine", "json: $.a", null),
        ("twice", "json: $.a", null),
        ("zero", "json: $.a", null),
    ];

    [Fact]
    public async Task Serve_HostileReplies_AreJudgedAndDisturbNobody()
    {
        await using var hostile = await PythonPeer.StartAsync("hostile_content.py", "--kind", "rep");
        await using var healthy = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Config(hostile.Endpoint, healthy.Endpoint));

        var scrape = await exporter.EventuallyAsync(samples =>
            Replies.All(reply => samples.Value("zmq_target_state", ("target", reply.Name), ("state", reply.Problem is null ? "up" : "down")) == 1)
            && samples.Find("hostile_label").Count > 0 && samples.Find("hostile_many").Count > 0 && samples.Value("zmq_probes_total", ("target", "healthy")) >= 3);

        Assert.All(
            Replies.Where(reply => reply.Problem is not null),
            reply => Assert.Equal(1, scrape.Value("zmq_target_failing", ("target", reply.Name), ("reason", "unexpected_reply"))));
        Assert.Equal("fine twice zero", string.Join(' ', scrape.Find("hostile_value").Select(sample => sample.Labels["target"]).Order(StringComparer.Ordinal)));
        Assert.Equal(2, scrape.Value("hostile_value", ("target", "twice"))); // the last of a name
        Assert.Equal(100, scrape.Find("hostile_many").Count);
        Assert.True(scrape.Value("zmq_values_dropped_total", ("target", "many")) > 0);
        AssertLabels(scrape);
        AssertUndisturbed(scrape);
        await AssertReadableAsync(exporter, scrape.Find("hostile_label").Count);
        foreach (var reply in Replies.Where(reply => reply.Problem is not null))
        {
            await exporter.Process.WaitForLineAsync($"target={reply.Name} .*{Regex.Escape(reply.Problem!)}");
        }
    }

    [Fact]
    public async Task Serve_HostileFeed_IsCountedAndDisturbsNobody()
    {
        await using var hostile = await PythonPeer.StartAsync("hostile_content.py", "--kind", "pub");
        await using var healthy = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync($$"""
            defaults: {interval: 2s, timeout: 2s}
            modules:
              ping: {prober: request, send: [ping], expect: [{equals: pong}]}
              fine_feed:
                prober: subscribe
                topics: [fine]
                max_silence: 5s
                values: [{metric: hostile_value, help: A value., frame: 1, json: $.a}]
              feed:
                prober: subscribe
                topics: [hostile]
                max_silence: 5s
                sequence: {frame: 1, json: $.a, per: {frame: 1, json: $.b} }
                sent_at: {frame: 1, json: $.a}
                values:
                  - {metric: hostile_value, help: A value., frame: 1, json: $.a}
                  - {metric: hostile_label, help: Labels of anything., frame: 1, json: $.v, each: '$[*]', labels: {name: $.n} }
                  - {metric: hostile_packed, help: Bombs., frame: 1, decode: [zlib], json: $.v, each: '$[*]', labels: {name: $.n} }
                  - {metric: hostile_searched, help: A tree., frame: 1, decode: [zlib], json: '$..v'}
                  - {metric: hostile_msgpack, help: MessagePack., frame: 1, msgpack: $.a}
                  - {metric: hostile_cbor, help: CBOR., frame: 1, cbor: $.a}
            targets:
              - {name: feed, endpoint: "{{hostile.Endpoint}}", modules: [feed]}
              - {name: fine_feed, endpoint: "{{hostile.Endpoint}}", modules: [fine_feed]}
              - {name: healthy, endpoint: "{{healthy.Endpoint}}", modules: [ping]}
            """);

        // What a list says is there until a message comes that has none: each list has to be seen, and not both in one scrape.
        var mostSeries = new Dictionary<string, int>(StringComparer.Ordinal);
        var scrape = await exporter.EventuallyAsync(samples =>
        {
            foreach (var metric in (string[])["hostile_label", "hostile_packed"])
            {
                mostSeries[metric] = Math.Max(mostSeries.GetValueOrDefault(metric), samples.Find(metric, ("target", "feed")).Count);
            }

            return samples.Value("zmq_subscription_messages_total", ("target", "feed")) >= 100
                && samples.Value("zmq_probes_total", ("target", "healthy")) >= 3
                && mostSeries.Values.All(series => series > 0);
        });

        Assert.Equal(0, scrape.Value("zmq_probe_misses_total", ("target", "feed"))); // its times are of 1970, which makes it late
        Assert.All(mostSeries.Values, series => Assert.InRange(series, 1, 100)); // each message that has the list names all of it
        Assert.True(scrape.Value("zmq_values_dropped_total", ("target", "feed")) > 0);
        Assert.True(scrape.Value("zmq_subscription_untracked_messages_total", ("target", "feed")) > 0);
        Assert.Equal(1, scrape.Value("hostile_value", ("target", "fine_feed")));
        Assert.Empty(scrape.Find("hostile_forged_total"));
        AssertUndisturbed(scrape, "fine_feed");
        await AssertReadableAsync(exporter, labels: null);
    }

    private static string Config(string hostile, string healthy) => $$"""
        defaults: {interval: 2s, timeout: 2s, policy: {down_after: 2} }
        modules:
          ping: {prober: request, send: [ping], expect: [{equals: pong}]}
          labels:
            prober: request
            send: [labels]
            values: [{metric: hostile_label, help: Labels of anything., json: $.v, each: '$[*]', labels: {name: $.n} }]
          many:
            prober: request
            send: [many]
            values: [{metric: hostile_many, help: Many., decode: [zlib], json: $.v, each: '$[*]', labels: {name: $.n} }]
          churn:
            prober: request
            send: [churn]
            values: [{metric: hostile_churn, help: Names that change., json: $.v, each: '$[*]', labels: {name: $.n} }]
        {{string.Concat(Replies.Select(reply => $$"""
              {{reply.Name}}:
                prober: request
                send: [{{reply.Name}}]
                expect: [{ {{reply.Source}}, at_least: 0 }]
                values: [{metric: hostile_value, help: A value., {{reply.Source}} }]

            """))}}
        targets:
          - {name: healthy, endpoint: "{{healthy}}", modules: [ping]}
        {{string.Concat(Replies.Select(reply => reply.Name).Concat(["labels", "many", "churn"]).Select(name => $$"""
              - {name: {{name}}, endpoint: "{{hostile}}", modules: [{{name}}]}

            """))}}
        """;

    private static void AssertLabels(MetricSamples scrape)
    {
        var names = scrape.Find("hostile_label").ToDictionary(sample => sample.Value, sample => sample.Labels.GetValueOrDefault("name"));

        Assert.Equal("line\nfeed\r\n# HELP hostile_forged_total x\nhostile_forged_total 1", names[0]);
        Assert.Equal("quote \" backslash \\ brace } = ,", names[1]);
        Assert.Equal("nul \0 bell \a escape \u001b[31m", names[2]);
        Assert.Equal("bidi \u202e\u2066\u2069 zero\u200bwidth \ufeff", names[3]);
        Assert.Equal("emoji 😀", names[4]);
        Assert.Equal(new string('x', 255), names[5]);
        Assert.DoesNotContain(6, names.Keys); // the same after the cut: the first one counts
        Assert.Equal("long " + new string('y', 251), names[7]);
        Assert.Null(names[8]);
        Assert.Empty(scrape.Find("hostile_forged_total"));
    }

    private static void AssertUndisturbed(MetricSamples scrape, params string[] targets) => Assert.All(["healthy", .. targets], target =>
    {
        Assert.Equal(0, scrape.Value("zmq_probe_misses_total", ("target", target)));
        Assert.Equal(1, scrape.Value("zmq_target_state", ("target", target), ("state", "up")));
    });

    // As text by promtool, and by a Prometheus each that asks for OpenMetrics and for protobuf.
    private static async Task AssertReadableAsync(ExporterProcess exporter, int? labels)
    {
        var check = await Promtool.CheckMetricsAsync(await exporter.GetTextAsync("/metrics"));
        Assert.Equal(("", 0), (check.Output + check.Error, check.ExitCode));
        await using var openMetrics = await PrometheusServer.StartAsync(exporter.Address);
        await using var protobuf = await PrometheusServer.StartAsync(exporter.Address, features: "native-histograms");
        foreach (var prometheus in (PrometheusServer[])[openMetrics, protobuf])
        {
            await prometheus.EventuallyAsync("up == 1", samples => samples.Count == 1);
            await prometheus.EventuallyAsync("hostile_label", samples => labels is null ? samples.Count > 0 : samples.Count == labels);
        }

        var memory = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{exporter.Process.Id}/status"))
            .First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        TestContext.Current.TestOutputHelper?.WriteLine($"VmHWM {memory} kB");
        Assert.InRange(long.Parse(memory, CultureInfo.InvariantCulture) << 10, 0, MostMemory);
    }
}
