using System.Text;
using System.Text.Json;
using CsCheck;
using ZmqExporter.Content;

namespace ZmqExporter.Tests.Content;

public sealed class PathTreeTests
{
    private static readonly string[] Paths = ["$", "$.a", "$.a.b", "$.a[0]", "$.b", "$.b[1].a", "$[0]", "$[1].a", "$['a'].c", "$.a"];

    [Theory]
    [InlineData("""{"a":{"b":1,"c":"x"},"b":2}""")]
    [InlineData("""{"a":{"b":1},"a":[7]}""")] // the last one of a name
    [InlineData("""{"b":[0,{"a":true}],"a":3,"a":{"b":{}}}""")]
    [InlineData("""[{"a":1},{"a":2}]""")]
    [InlineData("7")]
    [InlineData("""{"a":{"b":1}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("")]
    public void TryFollow_ManyPaths_FindsWhatEachOfThemFindsAlone(string json) => Compare(Encoding.UTF8.GetBytes(json));

    [Fact]
    public void TryFollow_AnyJson_FindsWhatEachPathFindsAlone() =>
        Gen.Select(Value(3), Gen.Int[0, 60]).Sample((json, cut) => Compare(Encoding.UTF8.GetBytes(cut > 55 ? json[..(json.Length / 2)] : json)));

    [Fact]
    public void Find_DocumentsOfEachForm_AreReadOnceForAllTheirPaths()
    {
        // {"seq": 7, "t": "é"} as MessagePack, whole and in zlib, and as JSON behind a text.
        byte[] pack = [0x82, 0xA3, .. "seq"u8, 7, 0xA1, .. "t"u8, 0xA2, .. "é"u8];
        Check(DocumentFormat.MessagePack, [], [], pack);
        Check(DocumentFormat.MessagePack, [Decoding.Zlib], [], Zlib(pack));
        Check(DocumentFormat.Json, [], [.. "body="u8], [.. "x body={\"seq\":7,\"t\":\"\\u00e9\"}"u8]);
        Check(DocumentFormat.Json, [Decoding.Zlib], [.. "body="u8], Zlib([.. "x body={\"seq\":7,\"t\":\"é\"}"u8]));

        static void Check(DocumentFormat format, Decoding[] decodings, byte[] after, byte[] frame)
        {
            JsonPath[] paths = [Parse("$.seq"), Parse("$.t"), Parse("$.no")];
            Selector selector = format == DocumentFormat.Json ? new Selector.Json(paths[0]) : new Selector.Binary(format, paths[0]);
            var document = new SharedDocument(new MessageSource(0, [.. decodings], [.. after], selector), [.. paths], new PathTree([.. paths.Select(path => path.Steps!.Value)]));
            var buffer = new ContentBuffer();
            for (var round = 0; round < 2; round++)
            {
                document.Forget();
                Assert.Equal("é", Encoding.UTF8.GetString(document.Find(1, frame, buffer).Text));
                Assert.Equal("7", Encoding.UTF8.GetString(document.Find(0, frame, buffer).Text));
                Assert.Equal((FoundKind.Missing, ", in which $.no selects nothing"), Problem(document.Find(2, frame, buffer)));
                document.Forget();
                Assert.False(document.Find(0, "["u8, buffer).Exists);
                Assert.False(document.Find(1, "["u8, buffer).Exists);
            }
        }
    }

    private static (FoundKind, string?) Problem(FoundValue value) => (value.Kind, value.Problem);

    private static byte[] Zlib(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    private static void Compare(byte[] json)
    {
        var tree = new PathTree([.. Paths.Select(path => Parse(path).Steps!.Value)]);
        var places = new JsonPlace[Paths.Length];
        var isJson = tree.TryFollow(json, places);
        for (var i = 0; i < Paths.Length; i++)
        {
            var alone = Parse(Paths[i]).Select(json, new ContentBuffer());
            var together = isJson ? Parse(Paths[i]).At(json, places[i], new ContentBuffer()) : JsonPath.NotJson(json);
            Assert.Equal((alone.Kind, alone.Problem, Encoding.UTF8.GetString(alone.Text)), (together.Kind, together.Problem, Encoding.UTF8.GetString(together.Text)));
            Assert.Equal(Expected(json, Paths[i]), isJson && places[i].Type != JsonTokenType.None);
        }
    }

    // By a tree of the JSON, of which the last member of a name counts.
    private static bool Expected(byte[] json, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var value = document.RootElement;
            foreach (var step in Parse(path).Steps!.Value)
            {
                if (step.Name is { } name ? value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value)
                    : value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= step.Index)
                {
                    return false;
                }

                value = step.Name is null ? value[step.Index] : value;
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonPath Parse(string path) => JsonPath.TryParse(path, out _)!;

    private static Gen<string> Value(int depth) => depth == 0
        ? Pick("1", "\"x\"", "null", "true")
        : Gen.OneOf(
            Value(0),
            Value(depth - 1).Array[0, 3].Select(items => $"[{string.Join(',', items)}]"),
            Gen.Select(Pick("a", "b", "c"), Value(depth - 1)).Array[0, 3]
                .Select(members => $"{{{string.Join(',', members.Select(member => $"\"{member.Item1}\":{member.Item2}"))}}}"));

    private static Gen<string> Pick(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
