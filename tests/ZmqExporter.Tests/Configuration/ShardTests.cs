using CsCheck;
using ZmqExporter.Configuration;

namespace ZmqExporter.Tests.Configuration;

public sealed class ShardTests
{
    // By Python: int.from_bytes(hashlib.md5(name.encode()).digest()[8:], "big") % count. ShardTests of the end-to-end tests ask Prometheus.
    [Theory]
    [InlineData("orders", 1, 1, 6, 3)]
    [InlineData("quotes", 0, 0, 6, 8)]
    [InlineData("tcp://a:1", 0, 2, 2, 2)]
    [InlineData("berlin-1", 1, 1, 1, 1)]
    [InlineData("Größe", 1, 0, 1, 9)]
    [InlineData("a b", 0, 0, 4, 8)]
    public void Has_FixedNames_IsWherePrometheusPutsThem(string name, int of2, int of3, int of7, int of10) =>
        Assert.Equal([0, of2, of3, of7, of10], new[] { 1, 2, 3, 7, 10 }.Select(count => Assert.Single(ShardsOf(name, count))));

    [Fact]
    public void Has_AnyName_IsInExactlyOneShard() =>
        Gen.Select(Gen.String, Gen.Int[1, 50]).Sample((name, count) => ShardsOf(name, count).Count() == 1);

    [Theory]
    [InlineData("0/1", 0, 1)]
    [InlineData("2/3", 2, 3)]
    [InlineData("007/10", 7, 10)]
    [InlineData("2147483646/2147483647", int.MaxValue - 1, int.MaxValue)]
    public void TryParse_Shard_IsRead(string text, int index, int count)
    {
        Assert.Null(Shard.TryParse(text, out var shard));
        Assert.Equal(new Shard(index, count), shard);
    }

    [Theory]
    [InlineData("", "\"\" is no shard")]
    [InlineData("1", "\"1\" is no shard")]
    [InlineData("/3", "\"/3\" is no shard")]
    [InlineData("1/", "\"1/\" is no shard")]
    [InlineData("-1/3", "\"-1/3\" is no shard")]
    [InlineData("+1/3", "\"+1/3\" is no shard")]
    [InlineData("1 / 3", "\"1 / 3\" is no shard")]
    [InlineData("1/3/4", "\"1/3/4\" is no shard")]
    [InlineData("0x1/3", "\"0x1/3\" is no shard")]
    [InlineData("1/2147483648", "\"1/2147483648\" is no shard")]
    [InlineData("$(POD_INDEX)/3", "\"$(POD_INDEX)/3\" is no shard")]
    [InlineData("0/0", "\"0/0\" has no shards")]
    [InlineData("3/3", "\"3/3\": there is no shard 3 of 3, because the first one is 0")]
    public void TryParse_NoShard_SaysWhatIsWrongAndWhatToWrite(string text, string problem)
    {
        var words = Shard.TryParse(text, out var shard);

        Assert.Null(shard);
        Assert.StartsWith(problem, words, StringComparison.Ordinal);
        Assert.Contains("write i/n", words, StringComparison.Ordinal);
    }

    private static IEnumerable<int> ShardsOf(string name, int count) =>
        Enumerable.Range(0, count).Where(index => new Shard(index, count).Has(name));
}
