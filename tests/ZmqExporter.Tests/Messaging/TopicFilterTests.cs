using System.Collections.Immutable;
using System.Text;
using CsCheck;
using ZmqExporter.Messaging;

namespace ZmqExporter.Tests.Messaging;

public sealed class TopicFilterTests
{
    [Theory]
    [InlineData("feed", true)]
    [InlineData("feed.a", true)]
    [InlineData("fee", false)]
    [InlineData("hello", false)]
    [InlineData("", false)]
    [InlineData("zz", true)]
    [InlineData("zy", false)]
    public void Matches_FirstFrame_BeginsWithATopic(string frame, bool expected) =>
        Assert.Equal(expected, Filter("feed", "feed.a", "zz").Matches(Encoding.UTF8.GetBytes(frame)));

    [Fact]
    public void Matches_EmptyTopic_TakesEverything()
    {
        var filter = Filter("feed", "");

        Assert.True(filter.Matches([]));
        Assert.True(filter.Matches("hello"u8));
        Assert.Equal(0, filter.Length);
    }

    [Fact]
    public void Length_Topics_IsThatOfTheLongestOneThatIsNeeded() => Assert.Equal(4, Filter("feed", "feed.and.more", "zz").Length);

    [Fact]
    public void Matches_AnyTopicsAndFrames_SaysWhatALookAtEachOfThemSays() =>
        Gen.Select(Bytes.Array[1, 12], Bytes).Sample((topics, frame) =>
            Filter(topics).Matches(frame) == topics.Any(topic => frame.AsSpan().StartsWith(topic)));

    [Fact]
    public void Matches_ManyMessages_AllocatesNothing()
    {
        var filter = Filter("feed", "other", "zz");
        _ = filter.Matches("feed.a"u8);

        // The runtime may allocate on this thread, too, when it compiles again what runs often: hardly in each of five rounds.
        Assert.Contains((50_000, 0L), Enumerable.Range(0, 5).Select(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var matches = 0;
            for (var i = 0; i < 100_000; i++)
            {
                matches += filter.Matches(i % 2 == 0 ? "other.b"u8 : "none"u8) ? 1 : 0;
            }

            return (matches, GC.GetAllocatedBytesForCurrentThread() - before);
        }));
    }

    // Few letters, so that topics often begin with one another.
    private static Gen<byte[]> Bytes => Gen.Byte[0, 2].Array[0, 5];

    private static TopicFilter Filter(params string[] topics) => Filter([.. topics.Select(Encoding.UTF8.GetBytes)]);

    private static TopicFilter Filter(byte[][] topics) => new([.. topics.Select(topic => topic.ToImmutableArray())]);
}
