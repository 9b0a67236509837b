using ZmqExporter.Configuration;
using ZmqExporter.Content;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;

namespace ZmqExporter.Tests.Probing.OneShot;

public sealed class SubscriptionReadingsTests
{
    private static readonly SubscribeProberConfig Config = new([[]], MaxSilence: TimeSpan.FromSeconds(5), StartupGrace: TimeSpan.FromSeconds(5), [])
    {
        Sequence = SequenceConfig.OfFrame(1, new BinaryNumber(BinaryKind.Unsigned, 4, IsBigEndian: false)),
        SentAt = new SentAtConfig(SourceConfig.Of(2), 1_000),
    };

    [Fact]
    public void Take_SeveralReads_SumsThemUpOnce()
    {
        var readings = new SubscriptionReadings(Config);
        readings.Add(new SubscriptionBatch(10, 100, new SequenceCounts(2, 0, 0, 1), TimeSpan.FromSeconds(1), default));
        readings.Add(new SubscriptionBatch(3, 30, new SequenceCounts(1, 0, 1, 0), TimeSpan.FromMilliseconds(0.4), default));

        Assert.Equal(["sequence: 12 numbers read, 3 lost, 1 unreadable, 1 restart", "delay: 0.4 ms"], readings.Take().Lines(), StringComparer.Ordinal);
        Assert.Empty(readings.Take().Lines());
    }

    [Fact]
    public void Lines_NothingToRead_AreNone()
    {
        var readings = new SubscriptionReadings(Config with { Sequence = null, SentAt = null });
        readings.Add(new SubscriptionBatch(10, 100, default, null, default));

        Assert.Empty(readings.Take().Lines());
    }

    [Theory]
    [InlineData(10, 0, 10, 0.1, "no message could be followed: what its numbers are counted by (sequence: per) is missing or longer than 256 bytes, or there are more than 10,000 of it")]
    [InlineData(10, 160_000_000, 0, 0.1, "far more messages look lost than came: wrong frame, format (byte order?) or per of sequence?")]
    [InlineData(10, 0, 0, 1_799_998.0, "the last message was sent 20 d 19 h 59 min 58 s ago by what it says: wrong format (unit?) of sent_at, or wrong clock?")]
    [InlineData(10, 0, 0, -7_200.0, "the last message was sent 2 h in the future by what it says: wrong format (unit?) of sent_at, or wrong clock?")]
    public void Warnings_MappingThatDoesNotFit_AreGiven(long messages, long lost, long untracked, double? delay, string warning)
    {
        var readings = new SubscriptionReadings(Config);
        readings.Add(new SubscriptionBatch(messages, 100, new SequenceCounts(lost, 0, 0, untracked), delay is { } seconds ? TimeSpan.FromSeconds(seconds) : null, default));

        var reading = readings.Take();

        Assert.Equal([warning], reading.Warnings(), StringComparer.Ordinal);
        Assert.Equal($"warning: {warning}", reading.Lines().Last());
    }

    [Fact]
    public void Warnings_UnmappedSources_AreTheirSentencesAndNoOthers()
    {
        var reading = new SubscriptionReading(Config)
        {
            Messages = 10,
            Sequence = new SequenceCounts(0, 0, 0, 10),
            Unmapped = [new UnmappedSource(Mapping.Sequence, "", "frame 1 is missing: the message has 1 frame"), new UnmappedSource(Mapping.Values, "app_depth", "no")],
        };

        Assert.Equal(
            ["sequence finds nothing in what comes: frame 1 is missing: the message has 1 frame", "values: app_depth finds nothing in what comes: no"],
            reading.Warnings(),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Warnings_SomeLossAndDelay_AreNone()
    {
        var readings = new SubscriptionReadings(Config);
        readings.Add(new SubscriptionBatch(10, 100, new SequenceCounts(90, 0, 0, 0), TimeSpan.FromMinutes(-50), default));

        Assert.Empty(readings.Take().Warnings());
    }
}
