using System.Text;
using CsCheck;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using ZmqExporter.Content;

namespace ZmqExporter.Tests.Content;

public sealed class JsonPathTests
{
    [Theory]
    [InlineData("$", true)]
    [InlineData("$.status", true)]
    [InlineData("$.items[0].id", true)]
    [InlineData("$['a b'].c-d[10]", true)]
    [InlineData("$..a", false)]
    [InlineData("$.*", false)]
    [InlineData("$.items[-1:]", false)]
    [InlineData("$.items[?(@.id == 1)].name", false)]
    [InlineData("$['a\\'b']", false)]
    public void IsPlain_NamesAndIndices_AreReadOnce(string path, bool isPlain) => Assert.Equal(isPlain, Parse(path).IsPlain);

    [Theory]
    [InlineData("$", " [1, 2 ] ", "[1, 2 ]")]
    [InlineData("$.a", """{"b":{"a":1},"a":"x"}""", "x")]
    [InlineData("$.a.b", """{"a":{"b":1},"a":{"b":2}}""", "2")] // the last one of a name
    [InlineData("$.a.b", """{"a":{"b":1},"a":3}""", null)]
    [InlineData("$.a[1]", """{"a":[[0],{"c":null}]}""", """{"c":null}""")]
    [InlineData("$[2]", "[1,2]", null)]
    [InlineData("$.a", """{"a":null}""", "null")]
    [InlineData("$.a", "/* first */ {/* second */\"a\":/* third */1} // last", "1")]
    public void Select_PlainPath_IsFollowed(string path, string json, string? text)
    {
        var found = Parse(path).Select(Encoding.UTF8.GetBytes(json), new ContentBuffer());

        Assert.Equal(text, found.Exists ? Encoding.UTF8.GetString(found.Text) : null);
        Assert.Equal(
            text switch { null => FoundKind.Missing, "1" or "2" => FoundKind.Number, "x" => FoundKind.Text, _ => FoundKind.Other }, found.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":")]
    [InlineData("{\"a\"")]
    [InlineData("{\"a\":[1}")]
    [InlineData("{\"a\":1} 2")]
    [InlineData("{\"a\":1,\"b\":[[}")]
    [InlineData("{\"a\":1,\"b\":")]
    public void Select_BrokenAfterTheValue_IsNotJson(string json) =>
        Assert.All(["$.a", "$", "$..a"], path => Assert.Equal(FoundKind.Unreadable, Parse(path).Select(Encoding.UTF8.GetBytes(json), new ContentBuffer()).Kind));

    [Theory]
    [InlineData("$.a", "text", ", which is not JSON")]
    [InlineData("$..a", "text", ", which is not JSON")]
    [InlineData("$.b", "{\"a\":1}", ", in which $.b selects nothing")]
    [InlineData("$..b", "{\"a\":1}", ", in which $..b selects nothing")]
    [InlineData("$.a[*]", "{\"a\":[1,2,3]}", ", in which $.a[*] selects 3 values, and one is wanted")]
    public void Select_NoOneValue_SaysWhy(string path, string json, string problem) =>
        Assert.Equal(problem, Parse(path).Select(Encoding.UTF8.GetBytes(json), new ContentBuffer()).Problem);

    [Fact]
    public void Select_QueryOnMuchJson_IsNotEvaluated()
    {
        var json = Encoding.UTF8.GetBytes($"[\"{new string('a', PayloadDecoder.MaxLength)}\"]");

        Assert.Equal(
            ", which has more than 4 MiB: too much for $[?(@)], which searches it; a path of names and indices can look into more",
            Parse("$[?(@)]").Select(json, new ContentBuffer()).Problem);
        Assert.Empty(Parse("$[?(@)]").SelectAll(json, 10, QueryDeadline.Begin()).All);
        Assert.True(Parse("$[0]").Select(json, new ContentBuffer()).Exists);
    }

    [Fact]
    public void Find_MoreThanSixteenMebibytes_IsOnlyComparedAndReadByOffset()
    {
        var frame = new byte[(16 << 20) + 1];
        frame[^1] = 7;

        Assert.True(new MessageSource(0, [], [], Selector.All).Find(frame, new ContentBuffer()).Exists);
        Assert.Equal("7", Encoding.UTF8.GetString(new MessageSource(0, [], [], new Selector.Number(16 << 20, new BinaryNumber(BinaryKind.Unsigned, 1, IsBigEndian: false))).Find(frame, new ContentBuffer()).Text));
        Assert.Equal(", which has more than 16 MiB: too much to look into", new MessageSource(0, [], [], new Selector.Json(Parse("$.a"))).Find(frame, new ContentBuffer()).Problem);
    }

    [Fact]
    public void Select_PlainPath_FindsWhatNewtonsoftFinds() =>
        Gen.Select(Steps.Array[0, 3], Json(3)).Sample((steps, json) =>
        {
            var path = "$" + string.Concat(steps);
            var expected = JToken.Parse(json, new JsonLoadSettings()).SelectToken(path);
            var found = Parse(path).Select(Encoding.UTF8.GetBytes(json), new ContentBuffer());

            Assert.True(Parse(path).IsPlain);
            Assert.Equal(expected is not null, found.Exists);
            var text = Encoding.UTF8.GetString(found.Text);
            Assert.Equal(expected?.Type == JTokenType.String ? (string?)expected : expected?.ToString(Formatting.None) ?? "", found.Kind == FoundKind.Other ? Compact(text) : text);
        });

    [Fact]
    public void SelectAll_PlainPath_FindsWhatIsInTheTree() =>
        Gen.Select(Gen.OneOf(Steps, Pick("[*]", ".*")).Array[0, 3], Json(3)).Sample((steps, json) =>
        {
            var expected = steps.Aggregate(Enumerable.Repeat(JToken.Parse(json, new JsonLoadSettings()), 1), (found, step) => found.SelectMany(token => Children(token, step)));

            Assert.Equal(
                expected.Select(token => token.ToString(Formatting.None)).Order(StringComparer.Ordinal),
                SelectAll("$" + string.Concat(steps), json).Select(Compact).Order(StringComparer.Ordinal));
        });

    [Theory]
    [InlineData("$.a[*]", """{"a":[1,2],"a":[3]}""", "3")] // the last one of a name
    [InlineData("$.a[*]", """{"a":[1,2],"a":3}""", "")]
    [InlineData("$.*", """{"a":1,"b":2,"a":3}""", "2|3")]
    [InlineData("$.*[*]", """{"a":[1,2],"b":[4],"a":[3]}""", "4|3")]
    [InlineData("$.*.x", """{"a":{"x":1},"b":0,"a":0,"c":{"x":2},"a":{"x":3}}""", "2|3")]
    [InlineData("$[*].*.x", """[{"k":{"x":1},"k":{"x":2}},{"k":{"x":3}}]""", "2|3")]
    [InlineData("$[*]", """[1e400,-0.0,12345678901234567890123]""", "1e400|-0.0|12345678901234567890123")] // as they were written
    [InlineData("$[*]", "[1,2", "")]
    [InlineData("$[*]", "[1,2] x", "")]
    [InlineData("$[*]", "[1,'x']", "")]
    [InlineData("$.*", """{"\ud800":1}""", "")]
    public void SelectAll_PlainPath_GivesEachItemAsItStands(string path, string json, string items) =>
        Assert.Equal(items, string.Join('|', SelectAll(path, json)));

    [Fact]
    public void SelectAll_MoreThanWanted_StopsThere()
    {
        var numbers = string.Join(',', Enumerable.Range(0, 1000));
        var members = string.Join(',', Enumerable.Range(0, 1000).Select(number => $"\"{number}\":{number}"));

        Assert.Equal(["0", "1", "2"], SelectAll("$[*]", $"[{numbers}]", 3));
        Assert.Equal(["0", "1", "2"], SelectAll("$.*", $"{{{members}}}", 3));
    }

    // Very many of one name, each with items that the next one makes void.
    [Fact]
    public void SelectAll_NamesThatComeAgainAndAgain_TakeNoMoreTimeThanTheirBytes()
    {
        var json = "{" + string.Concat(Enumerable.Repeat("\"a\":[1,2],", 300_000)) + "\"a\":[3]}";

        Assert.Equal(["3"], SelectAll("$.a[*]", json, 20_000));
        Assert.Equal(["3"], SelectAll("$.*[*]", json, 20_000));
    }

    // Each of the sixty has all that are in it: as much as the document, sixty times.
    [Fact]
    public void SelectAll_SearchThatSelectsPartsOfParts_StopsAtSomeMebibytes()
    {
        var json = Encoding.UTF8.GetBytes($"{string.Concat(Enumerable.Repeat("{\"x\":", 60))}\"{new string('a', 1 << 20)}\"{new string('}', 60)}");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var items = Parse("$..x").SelectAll(json, 20_000, QueryDeadline.Begin());

        Assert.Equal((", of which $..x selects more than 4 MiB in all: too much", true), (items.Problem, items.All.IsEmpty));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 60 << 20); // 240 MB without a bound
    }

    [Fact]
    public void SelectAll_SearchThatSelectsALittle_GivesPartsOfPartsToo() =>
        Assert.Equal(["""{"x":[1,"é"]}""".Replace("\\u00e9", "é", StringComparison.Ordinal), "[1,\"é\"]"], SelectAll("$..x", """{"x": {"x": [1, "\u00e9"]}}"""));

    // Each match ends long before its own bound, and each comparison at once: only all of them together take minutes.
    [Theory]
    [InlineData("$[?(@.n =~ /^(a+)+$/)].n", "{\"n\":\"aaaaaaaaaaaaaaaX\"}", 20_000)]
    [InlineData("$[?(@.n == $..m)].n", "{\"n\":1,\"m\":\"x\"}", 20_000)]
    [InlineData("$[?(@.n < $[*].m)].n", "{\"n\":1,\"m\":0}", 20_000)]
    public void Select_FilterThatTakesManySteps_EndsInTime(string path, string item, int count)
    {
        var json = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat(item, count))}]");

        Assert.Equal($", on which {path} took too long", Parse(path).Select(json, new ContentBuffer()).Problem);
        Assert.Equal($", on which {path} took too long", Parse(path).SelectAll(json, 20_000, QueryDeadline.Begin()).Problem);
    }

    [Fact]
    public void SelectAll_MembersThatHaveNoneOfIt_AreNotRemembered()
    {
        var json = Encoding.UTF8.GetBytes($"{{{string.Join(',', Enumerable.Range(0, 300_000).Select(number => $"\"{number}\":0"))}}}");
        var path = Parse("$.*.x");
        _ = path.SelectAll("{}"u8, 20_000, QueryDeadline.Begin());
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Empty(path.SelectAll(json, 20_000, QueryDeadline.Begin()).All);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    [Fact]
    public void Equals_SameText_IsEqual()
    {
        Assert.Equal(Parse("$..a"), Parse("$..a"));
        Assert.Equal(Parse("$.a").GetHashCode(), Parse("$.a").GetHashCode());
        Assert.NotEqual(Parse("$.a"), Parse("$['a']"));
    }

    private static Gen<string> Steps => Pick(".a", ".b", "['a']", "[0]", "[1]");

    private static Gen<string> Json(int depth) => depth == 0
        ? Pick("1", "\"x\"", "null", "true", "1.5")
        : Gen.OneOf(
            Json(0),
            Json(depth - 1).Array[0, 3].Select(items => $"[{string.Join(',', items)}]"),
            Gen.Select(Pick("a", "b", "c"), Json(depth - 1)).Array[0, 4].Select(items => $"{{{string.Join(',', items.Select(item => $"\"{item.Item1}\":{item.Item2}"))}}}"));

    private static Gen<string> Pick(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    private static string Compact(string json) => JToken.Parse(json, new JsonLoadSettings()).ToString(Formatting.None);

    // Both wildcards lead into arrays and into objects, as in RFC 9535.
    private static IEnumerable<JToken> Children(JToken token, string step) => (token, step) switch
    {
        (JObject or JArray, "[*]" or ".*") => token is JObject all ? all.PropertyValues() : token.Children(),
        (JObject some, ".a" or ".b" or "['a']") => some[step[1] == 'b' ? "b" : "a"] is { } value ? [value] : [],
        (JArray array, "[0]" or "[1]") => array.Skip(step[1] - '0').Take(1),
        _ => [],
    };

    private static string[] SelectAll(string path, string json, int most = int.MaxValue) =>
        [.. Parse(path).SelectAll(Encoding.UTF8.GetBytes(json), most, QueryDeadline.Begin()).All.Select(item => Encoding.UTF8.GetString(item))];

    private static JsonPath Parse(string path) => JsonPath.TryParse(path, out _)!;
}
