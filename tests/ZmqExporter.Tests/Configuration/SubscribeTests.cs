using ZmqExporter.Configuration;
using ZmqExporter.Content;

namespace ZmqExporter.Tests.Configuration;

public class SubscribeTests
{
    [Fact]
    public void Parse_AllKeys_AreTaken()
    {
        var config = Subscribe("""
            topics: [book., {hex: "00 01"}, {base64: AQ==}, ""]
            max_silence: 5s
            startup_grace: 10s
            expect: [{frames: 3}]
            min_rate: 2.5
            rate_window: 1m
            sequence: {frame: 2, format: uint64_be, per: publisher}
            sent_at: {frame: 1, format: unix_us}
            """);

        Assert.Equal(["book."u8.ToArray(), [0, 1], [1], []], config.Topics.Select(topic => topic.ToArray()));
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)), (config.MaxSilence, config.StartupGrace));
        Assert.Equal([new ExpectConfig.FrameCount(3)], config.Expect);
        Assert.Equal((2.5, TimeSpan.FromMinutes(1)), (config.MinRate, config.RateWindow));
        Assert.Equal(SequenceConfig.OfFrame(2, new BinaryNumber(BinaryKind.Unsigned, 8, IsBigEndian: true), SequenceScope.Publisher), config.Sequence);
        Assert.Equal(new SentAtConfig(SourceConfig.Of(1), 1_000_000), config.SentAt);
    }

    [Fact]
    public void Parse_OnlyWhatIsRequired_HasDefaults()
    {
        var config = Subscribe("topics: [tick]\nmax_silence: 3s");

        Assert.Equal(TimeSpan.FromSeconds(3), config.StartupGrace);
        Assert.Empty(config.Expect);
        Assert.Equal((null, null, null), (config.MinRate, config.Sequence, config.SentAt));
    }

    [Fact]
    public void Parse_RateOfEachTopic_IsTaken()
    {
        var config = Subscribe("topics: ['']\nmax_silence: 3s\nmin_rate: {book.: 10/s, trade.: 0.5/m, '': 2}");

        Assert.Null(config.MinRate);
        Assert.Equal(
            [
                new TopicRateConfig([.. "book."u8], 10, TimeSpan.FromSeconds(1)),
                new TopicRateConfig([.. "trade."u8], 0.5, TimeSpan.FromMinutes(1)),
                new TopicRateConfig([], 2, TimeSpan.FromSeconds(1)),
            ],
            config.TopicRates);
    }

    [Theory]
    [InlineData("2.5/s", 2.5, null)]
    [InlineData("30/m", null, 30.0)]
    public void Parse_RateWithAUnit_IsTaken(string rate, double? aSecond, double? aMinute)
    {
        var config = Subscribe($"topics: ['']\nmax_silence: 3s\nmin_rate: {rate}");

        Assert.Equal((aSecond, aMinute), (config.MinRate, config.TopicRates.Select(topic => (double?)topic.Count).FirstOrDefault()));
    }

    [Fact]
    public void Parse_SequenceWithoutPer_IsCountedByTopic()
    {
        var config = Subscribe("topics: [tick]\nmax_silence: 3s\nsequence: {frame: 1, format: ascii}");

        Assert.Equal(SequenceScope.Topic, config.Sequence!.Per);
    }

    private static SubscribeProberConfig Subscribe(string keys)
    {
        var lines = string.Concat(keys.Split('\n').Select(line => $"    {line}\n"));
        return Assert.IsType<SubscribeProberConfig>(Parsed.Config($"modules:\n  m:\n    prober: subscribe\n{lines}").Modules["m"].Prober);
    }
}
