using System.Text;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Tests.Metrics;

public sealed class TextFamilyTests
{
    // A series that protobuf cannot have must fail here, and not in the scrapes of those who ask for protobuf.
    [Fact]
    public async Task Parse_EverythingOfOurOwn_IsTheSameInProtobuf()
    {
        var test = new MetricsUnderTest();
        var text = ExpositionText.Parse(Encoding.UTF8.GetString(await test.ScrapeBytesAsync(MetricsFormat.Text)));
        var protobuf = ExpositionProtobuf.Parse(await test.ScrapeBytesAsync(MetricsFormat.Protobuf));
        Assert.Contains(text, sample => sample.Series.StartsWith("process_", StringComparison.Ordinal));
        Assert.Equal(
            text.Select(sample => (sample.Series, sample.Type, sample.Help)).Order(),
            protobuf.Select(sample => (sample.Series, sample.Type, sample.Help)).Order());
    }

    [Fact]
    public void Parse_LabelsAndInfinity_AreRead()
    {
        var family = Assert.Single(TextFamily.Parse("# HELP a_total Some help.\n# TYPE a_total counter\na_total{x=\"1\",y=\"b c\"} +Inf\n"));
        using var encoded = new ByteBuffer();
        family.WriteProtobuf(encoded);
        Assert.Equal(
            new ExposedSample("a_total{x=\"1\",y=\"b c\"}", "counter", "Some help.", double.PositiveInfinity),
            Assert.Single(ExpositionProtobuf.Parse(encoded.Written)));
    }

    [Theory]
    [InlineData("a 1")]
    [InlineData("# HELP a b\na 1")]
    [InlineData("# HELP a b\n# TYPE a summary\na_count 1")]
    [InlineData("# HELP a b\n# TYPE a untyped\na 1")]
    [InlineData("# HELP a b\n# TYPE a histogram\na_bucket{x=\"1\",le=\"+Inf\"} 1")]
    [InlineData("# HELP a b\n# TYPE a histogram\na_count{x=\"1\"} 1")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{x=\"1,2\"} 1")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{x=\"1\\\"2\"} 1")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{x=\"1\\n\"} 1")]
    public void Parse_WhatProtobufWouldGetWrong_IsRefused(string text) => Assert.Throws<FormatException>(() => TextFamily.Parse(text));
}
