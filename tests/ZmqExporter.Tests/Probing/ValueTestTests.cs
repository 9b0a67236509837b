using System.IO.Compression;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>Conditions as a file has them, on messages: what holds, and the words for what does not.</summary>
public sealed class ValueTestTests
{
    private const string Json = """{"queue":{"depth":117},"state":"busy","ratio":0.50,"at":"2023-11-14T22:13:20Z","none":null,"list":[1,2]}""";
    private const long Now = 1_700_000_010_000; // 10 s after $.at

    [Theory]
    [InlineData("not_equals: busy, json: $.state", "$.state is \"busy\", which it must not be")]
    [InlineData("not_equals: 117, json: $.queue.depth", "$.queue.depth is 117, which it must not be")]
    [InlineData("not_equals: 117.0, json: $.queue.depth", "$.queue.depth is 117, which it must not be")]
    [InlineData("not_equals: idle, json: $.state", null)]
    [InlineData("equals: 0.5, json: $.ratio", null)]
    [InlineData("equals: '0.5', json: $.state", "$.state is \"busy\" instead of \"0.5\"")]
    [InlineData("equals: 118, json: $.queue.depth", "$.queue.depth is 117 instead of 118")]
    [InlineData("equals: full, json: $.queue.depth", "$.queue.depth is 117 instead of \"full\"")]
    [InlineData("equals: true, json: $.queue", "$.queue is {\\\"depth\\\":117} instead of true")]
    [InlineData("contains: us, json: $.state", null)]
    [InlineData("contains: {hex: 7a}, json: $.state", "$.state is \"busy\", which does not contain \"z\"")]
    [InlineData("starts_with: bu, json: $.state", null)]
    [InlineData("starts_with: us, json: $.state", "$.state is \"busy\", which does not start with \"us\"")]
    [InlineData("one_of: [idle, busy], json: $.state", null)]
    [InlineData("one_of: [1, 117.0], json: $.queue.depth", null)]
    [InlineData("one_of: [idle, down], json: $.state", "$.state is \"busy\" instead of one of \"idle\", \"down\"")]
    [InlineData("below: 100, json: $.queue.depth", "$.queue.depth is 117, which is not below 100")]
    [InlineData("below: 117, json: $.queue.depth", "$.queue.depth is 117, which is not below 117")]
    [InlineData("at_most: 117, json: $.queue.depth", null)]
    [InlineData("at_most: 116.9, json: $.queue.depth", "$.queue.depth is 117, which is not at most 116.9")]
    [InlineData("above: 117, json: $.queue.depth", "$.queue.depth is 117, which is not above 117")]
    [InlineData("at_least: 117, json: $.queue.depth", null)]
    [InlineData("above: 1, json: $.state", "$.state is \"busy\", which is no number")]
    [InlineData("above: 0, below: 100, json: $.queue.depth", "$.queue.depth is 117, which is not below 100")]
    [InlineData("exists: true, json: $.none", null)]
    [InlineData("exists: false, json: $.other", null)]
    [InlineData("exists: false, json: $.state", "$.state is \"busy\", and should not be there")]
    [InlineData("exists: false, msgpack: $.state", "frame 0 is \"{\\\"queue\\\":{\\\"depth\\\":117},\\\"state\\\":\\\"busy\\\",\\\"ratio\\\":0.…\", which is not MessagePack")]
    [InlineData("exists: false, frame: 1", null)]
    [InlineData("max_age: 10s, json: $.at", null)]
    [InlineData("max_age: 9s, json: $.at", "$.at is \"2023-11-14T22:13:20Z\", which is 10 s ago and not 9s at most")]
    [InlineData("max_age: 9s, json: $.state", "$.state is \"busy\", which is no time")]
    [InlineData("matches: '^b', json: $.state", null)]
    [InlineData("matches: 'depth..([0-9]+)', above: 100", null)]
    [InlineData("matches: 'depth..([0-9]+)', below: 100", "the group of depth..([0-9]+) in frame 0 is \"117\", which is not below 100")]
    [InlineData("matches: 'width..([0-9]+)', below: 100", "frame 0 is \"{\\\"queue\\\":{\\\"depth\\\":117},\\\"state\\\":\\\"busy\\\",\\\"ratio\\\":0.…\", which does not match width..([0-9]+)")]
    [InlineData("after: '\"list\":', json: '$[1]', equals: 2", "frame 0 is \"{\\\"queue\\\":{\\\"depth\\\":117},\\\"state\\\":\\\"busy\\\",\\\"ratio\\\":0.…\", which is not JSON")]
    [InlineData("after: '\"ratio\":', starts_with: '0.5'", null)]
    [InlineData("after: nowhere, starts_with: '0.5'", "frame 0 is \"{\\\"queue\\\":{\\\"depth\\\":117},\\\"state\\\":\\\"busy\\\",\\\"ratio\\\":0.…\", in which \"nowhere\" is missing")]
    public void Judge_Json_SaysWhatWasFoundAndWhatWanted(string entry, string? failure) => Assert.Equal(failure, Failure(entry, Encoding.UTF8.GetBytes(Json)));

    [Theory]
    [InlineData("offset: 1, format: uint16_be, equals: '258'", null)]
    [InlineData("offset: 1, format: uint16_be, equals: '258.0'", null)]
    [InlineData("offset: 1, format: uint16_le, below: 500", "the uint16_le at byte 1 of frame 0 is 513, which is not below 500")]
    [InlineData("offset: 2, format: uint32_le", "frame 0 is \"\\x00\\x01\\x02\", which has no uint32_le at byte 2")]
    [InlineData("offset: 2, format: uint32_le, exists: false", null)]
    public void Judge_BytesOfAFrame_AreNumbers(string entry, string? failure) => Assert.Equal(failure, Failure(entry, [0, 1, 2]));

    [Fact]
    public void Judge_PackedMessagePack_IsUnpackedLayerByLayer()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest))
        {
            zlib.Write(Convert.FromHexString("81a46c6f6164cb3fe0000000000000")); // {"load": 0.5}
        }

        var frame = Encoding.ASCII.GetBytes(Convert.ToBase64String(packed.ToArray()));

        Assert.Null(Failure("decode: [base64, zlib], msgpack: $.load, equals: 0.5", frame));
        Assert.Equal("$.load is 0.5, which is not above 0.5", Failure("decode: [base64, zlib], msgpack: $.load, above: 0.5", frame));
        Assert.EndsWith(", which is not zlib", Failure("decode: [zlib], msgpack: $.load", frame), StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_Sequence_IsTheProbesOwn()
    {
        Assert.Null(Failure("equals: 'n={sequence}'", "n=7"u8.ToArray()));
        Assert.Equal("frame 0 is \"n=8\" instead of \"n={sequence}\"", Failure("equals: 'n={sequence}'", "n=8"u8.ToArray()));
        Assert.NotNull(Failure("equals: 'n={sequence}'", "n=77"u8.ToArray()));
    }

    private static string? Failure(string entry, byte[] frame)
    {
        var step = Parsed.Request($"""
            send: ["x {"{sequence}"}"]
            expect: [{"{"}{entry}{"}"}]
            """).Steps[0];
        _ = new ReplyCheck(step.Expect).Judge(ZmtpMessage.FromFrames(frame), new ProbeVariables(ProbeToken.Next(), Sequence: 7, Now), out var failure);
        return failure;
    }
}
