using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

public sealed class ValueReaderTests
{
    private const string Reply = """
        {"depth":7,"text":"8.5","ok":true,"off":false,"none":null,"name":"main","huge":1e999,
         "workers":[{"name":"a","busy":0.5},{"name":"b","busy":"1"},{"name":"a","busy":9},{"name":"c"},{"busy":3},{"name":"x","busy":[1]}]}
        """;

    [Theory]
    [InlineData("json: $.depth", "app_a 7")]
    [InlineData("json: $.text", "app_a 8.5")]
    [InlineData("json: $.ok", "app_a 1")]
    [InlineData("json: $.off", "app_a 0")]
    [InlineData("json: $.none", "")]
    [InlineData("json: $.name", "")]
    [InlineData("json: $.huge", "")]
    [InlineData("json: $.nothing", "")]
    [InlineData("json: $.workers", "")]
    [InlineData("frame: 1, json: $.depth", "")]
    [InlineData("json: $.depth, scale: 0.5", "app_a 3.5")]
    [InlineData("json: $.depth, scale: 1e308", "")]
    [InlineData("json: $.depth, labels: {kind: k, name: $.name}", "app_a{k,main} 7")]
    [InlineData("json: $.depth, labels: {other: $.nothing}", "app_a{} 7")]
    [InlineData("json: $.busy, each: '$.workers[*]', labels: {worker: $.name}", "app_a{a} 0.5|app_a{b} 1|app_a{} 3")] // the second "a" would be a series twice
    [InlineData("json: $.busy, each: '$.workers[*]', labels: {worker: $.name}, max_series: 2", "app_a{a} 0.5|app_a{b} 1|1 dropped")]
    [InlineData("json: $.busy, each: '$.workers[?(@.name == ''b'')]', labels: {worker: $.name}", "app_a{b} 1")]
    [InlineData("json: $.busy, each: $.workers", "")]
    [InlineData("matches: 'depth..([0-9]+)'", "app_a 7")]
    [InlineData("after: '\"depth\":', matches: '^([0-9]+)'", "app_a 7")]
    public void Read_Json_GivesTheNumbersThatAreThere(string entry, string expected) => Assert.Equal(expected, Read(entry, Encoding.UTF8.GetBytes(Reply)));

    [Theory]
    [InlineData("frame: 1, json: $.v, labels: {l: {frame: 0}}", "app_a{book.EUR} 1")]
    [InlineData("frame: 1, json: $.v, labels: {l: {after: book.}, m: k, n: $.n}", "app_a{EUR,k,x} 1")]
    [InlineData("frame: 1, json: $.v, labels: {l: {matches: '^book\\.([A-Z]+)$'}}", "app_a{EUR} 1")]
    [InlineData("frame: 1, json: $.v, labels: {l: {matches: '^trade\\.([A-Z]+)$'}}", "")] // another message, which has no such number
    [InlineData("frame: 1, json: $.v, labels: {l: {frame: 2}}", "")]
    [InlineData("frame: 1, json: $.v, labels: {l: {frame: 1, json: $.nothing}}", "")]
    [InlineData("frame: 1, json: $.v, labels: {l: {frame: 1, json: '$.w[0].v'}}", "app_a{2} 1")]
    [InlineData("frame: 1, json: $.v, labels: {l: {offset: 0, format: uint8}}", "app_a{98} 1")]
    [InlineData("frame: 1, json: $.v, each: '$.w[*]', labels: {a: $.n, l: {after: book.}}", "app_a{p,EUR} 2|app_a{q,EUR} 3")]
    public void Read_LabelOfAPlace_IsThatOfTheMessage(string entry, string expected) =>
        Assert.Equal(expected, Read(entry, "book.EUR"u8.ToArray(), """{"v":1,"n":"x","w":[{"n":"p","v":2},{"n":"q","v":3}]}"""u8.ToArray()));

    [Theory]
    [InlineData("offset: 1, format: uint16_be", "app_a 258")]
    [InlineData("offset: 3, format: uint16_be", "")]
    [InlineData("offset: 4, format: float32_le", "")] // NaN
    public void Read_Bytes_GivesTheirNumber(string entry, string expected) => Assert.Equal(expected, Read(entry, Convert.FromHexString(entry.Contains("float", StringComparison.Ordinal) ? "000102030000c07f" : "00010203")));

    [Fact]
    public void Read_LongLabel_IsCut() =>
        Assert.Equal($"app_a{{{new string('é', 256)}}} 1", Read("json: $.a, labels: {l: $.b}", Encoding.UTF8.GetBytes($$"""{"a":1,"b":"{{new string('é', 300)}}"}""")));

    // Two of them that only differ in the half that is cut off would be the same series twice, which Prometheus refuses.
    [Fact]
    public void Read_LongLabel_IsNotCutWithinACharacter() => Assert.Equal(
        $"app_a{{{new string('x', 255)}}} 1",
        Read("json: $.v, each: '$[*]', labels: {l: $.n}", Encoding.UTF8.GetBytes($$"""[{"v":1,"n":"{{new string('x', 255)}}😀"},{"v":2,"n":"{{new string('x', 255)}}🚀"}]""")));

    // What stands beside a number must not matter to it.
    [Theory]
    [InlineData("1e400")]
    [InlineData("-0.0")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("\"\\ud800\"")]
    public void Read_ItemWithSomethingOddInIt_HasItsNumber(string odd) => Assert.Equal(
        "app_a{a} 1", Read("json: $.v, each: '$[*]', labels: {n: $.n}", Encoding.UTF8.GetBytes($$"""[{"v":1,"n":"a","odd":{{odd}}}]""")));

    [Fact]
    public void Read_MessagePackItems_AreFollowedLikeJson() =>
        // {"w": [{"n": "a", "v": 1}, {"n": "b", "v": 2}]}
        Assert.Equal(
            "app_a{a} 1|app_a{b} 2",
            Read("msgpack: $.v, each: '$.w[*]', labels: {n: $.n}", Convert.FromHexString("81a1779282a16ea161a1760182a16ea162a17602")));

    [Fact]
    public void LatestValues_ManyMessages_KeepTheLatestOfEachSeriesAndCountTheRest()
    {
        var latest = new LatestValues(TimeProvider.System);
        var value = new ValueConfig("app_a", "A.", ValueKind.Gauge, SourceConfig.Of(0), Labels: [new("n", Path: null)], MaxSeries: 2);
        foreach (var (label, number) in new[] { ("a", 1), ("b", 2), ("c", 3), ("a", 4), ("c", 5) })
        {
            latest.Add(new MessageValues([new ValueSample(value, [label], number)], Dropped: 1));
        }

        var taken = latest.Take();
        Assert.Equal("a 4, b 2", string.Join(", ", taken.Samples.Select(sample => $"{sample.Labels[0]} {sample.Number}").Order(StringComparer.Ordinal)));
        Assert.Equal(5 + 2, taken.Dropped);
        Assert.Equal(0, latest.Take().Dropped);
        Assert.Equal(2, latest.Take().Samples.Length);
    }

    private static string Read(string entry, params byte[][] frames)
    {
        var config = Parsed.Request($"send: [x]\nvalues: [{{metric: app_a, help: A., {entry}}}]");
        var values = new ValueReader(config.Values).Read(ZmtpMessage.FromFrames(frames));
        var samples = values.Samples.Select(sample => FormattableString.Invariant($"{sample.Value.Metric}{(sample.Labels.IsEmpty ? "" : $"{{{string.Join(',', sample.Labels.Where(label => label.Length > 0))}}}")} {sample.Number}"));
        return string.Join('|', values.Dropped == 0 ? samples : samples.Append($"{values.Dropped} dropped"));
    }
}
