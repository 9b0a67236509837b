namespace ZmqExporter.EndToEndTests;

public sealed class MetricSamplesTests
{
    [Fact]
    public void Parse_Scrape_GivesEverySampleWithItsLabels()
    {
        var samples = MetricSamples.Parse(
            """
            # HELP up Whether it is up.
            # TYPE up gauge
            up 1
            state{target="a b",text="say \"hi\"\\ \n, {x=\"1\"}"} 0.5 1700000000000
            bucket{le="+Inf"} +Inf

            """);

        Assert.Equal(3, samples.All.Count);
        Assert.Equal(1, samples.Value("up"));
        Assert.Equal(0.5, samples.Value("state", ("target", "a b")));
        Assert.Equal("say \"hi\"\\ \n, {x=\"1\"}", samples.Find("state")[0].Labels["text"]);
        Assert.Equal(double.PositiveInfinity, samples.Value("bucket", ("le", "+Inf")));
        Assert.Null(samples.Value("state", ("target", "other")));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("name{a=\"1\",a=\"2\"} 1")]
    [InlineData("name{a} 1")]
    [InlineData("name 1 2 3")]
    [InlineData("name one")]
    public void Parse_NoSample_Fails(string line) => Assert.Throws<FormatException>(() => MetricSamples.Parse(line));
}
