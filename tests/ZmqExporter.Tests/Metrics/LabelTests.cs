using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Catalog;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Tests.Metrics;

public sealed class LabelTests
{
    [Theory]
    [InlineData("a\"b", @"a\""b")]
    [InlineData(@"a\b", @"a\\b")]
    [InlineData("a\nb", @"a\nb")]
    [InlineData("a\0b\r\u007f", "a\0b\r\u007f")] // Prometheus takes them as they are
    [InlineData("ä€😀", "ä€😀")]
    [InlineData("} 1\nfake 2", @"} 1\nfake 2")]
    public async Task Write_HostileValue_StaysInItsQuotes(string value, string shown)
    {
        var test = new MetricsUnderTest();
        test.Targets.Set(MetricsUnderTest.Target("orders", "ping", ("team", value)));
        Assert.Equal($"{{target=\"orders\",module=\"ping\",team=\"{shown}\"}} 0", Assert.Single(await test.SamplesAsync(MetricNames.Probes)));
    }

    [Fact]
    public async Task Write_HalfASurrogatePair_StaysUtf8()
    {
        var test = new MetricsUnderTest(); // apart from the theory, whose attributes are UTF-8 themselves
        test.Targets.Set(MetricsUnderTest.Target("orders", "ping", ("team", "a\ud800b")));
        Assert.Equal("{target=\"orders\",module=\"ping\",team=\"a\uFFFDb\"} 0", Assert.Single(await test.SamplesAsync(MetricNames.Probes)));
    }

    [Fact]
    public async Task Write_MissingLabel_IsAbsent()
    {
        var test = new MetricsUnderTest();
        test.Targets.Set(MetricsUnderTest.Target("orders", "ping", ("team", "trading")));
        Assert.Equal("{target=\"orders\",module=\"ping\",team=\"trading\"} 0", Assert.Single(await test.SamplesAsync(MetricNames.Probes)));
    }

    [Fact]
    public async Task Write_OneTargetHasALabelMore_KeepsOneFamily()
    {
        var test = new MetricsUnderTest();
        var old = test.Targets.Set(MetricsUnderTest.Target("old"));
        test.Targets.Set(MetricsUnderTest.Target("new", "ping", ("team", "trading")));
        old.Record(MetricsUnderTest.OnTime());

        Assert.Equal(
            ["{target=\"old\",module=\"ping\"} 1", "{target=\"new\",module=\"ping\",team=\"trading\"} 0"],
            await test.SamplesAsync(MetricNames.Probes));
        var scrape = await test.ScrapeAsync();
        Assert.Single(scrape.Split('\n'), line => line == $"# TYPE {MetricNames.Probes} counter");
    }

    [Fact]
    public void Reserved_EveryLabelOfOurs_IsRefusedInTheConfigToo()
    {
        var ours = typeof(MetricLabels).GetFields().Select(field => (string)field.GetRawConstantValue()!)
            .Where(name => name is not (MetricLabels.Generation or MetricLabels.Source or MetricLabels.Url)); // of series that have no target
        Assert.Empty(ours.Except(TargetLabels.Reserved, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Record_PeerChanges_ReplacesItsSeries()
    {
        var test = new MetricsUnderTest();
        var target = test.Targets.Set(MetricsUnderTest.Target());
        Assert.Empty(await test.SamplesAsync(MetricNames.PeerInfo));
        foreach (var (peer, labels) in new[]
        {
            (MetricsUnderTest.Peer(), "zmtp_version=\"3.1\",mechanism=\"NULL\",socket_type=\"REP\""),
            (MetricsUnderTest.Peer(0, "CURVE", "ROUTER"), "zmtp_version=\"3.0\",mechanism=\"CURVE\",socket_type=\"ROUTER\""),
            (MetricsUnderTest.Peer(0, "CURVE", null), "zmtp_version=\"3.0\",mechanism=\"CURVE\""),
            (MetricsUnderTest.Peer(200, "X\"} 1\n", new string('A', 100_000)), "zmtp_version=\"other\",mechanism=\"other\",socket_type=\"other\""),
            (null, "zmtp_version=\"other\",mechanism=\"other\",socket_type=\"other\""),
        })
        {
            target.Record(MetricsUnderTest.OnTime() with { Peer = peer });
            Assert.Equal($"{{target=\"orders\",module=\"ping\",{labels}}} 1", Assert.Single(await test.SamplesAsync(MetricNames.PeerInfo)));
        }
    }
}
