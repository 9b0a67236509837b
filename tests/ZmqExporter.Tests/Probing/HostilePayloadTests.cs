using System.Formats.Cbor;
using System.IO.Compression;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>What no honest server sends: each has a verdict and a value, or none, that the documents say, and costs no more than its bytes.</summary>
public sealed class HostilePayloadTests
{
    private const int Nested = 200_000;

    public static TheoryData<string, byte[], string> Unreadable => new()
    {
        { "json: $.a", Deep('[', ']'), "which is nested more than 64 levels deep: too deep to look into" },
        { "json: $..a", Deep('[', ']'), "which is nested more than 64 levels deep: too deep to look into" },
        { "json: $..a", Encoding.ASCII.GetBytes($"[{string.Join(',', Enumerable.Repeat(0, 250_000))}]"), "too many to search for $..a" },
        { "json: $.a", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", Nested))), "which is not JSON" },
        { "json: $..a", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", Nested))), "which is not JSON" },
        { "json: $.a", [.. "{\"a"u8, 0xff, .. "\":1"u8], "which is not JSON" },
        { "json: $.a", """{"a":"\ud800"}"""u8.ToArray(), "which is not JSON" },
        { "msgpack: $.a", [.. Enumerable.Repeat((byte)0x91, Nested), 0xc0], "which is not MessagePack" },
        { "msgpack: $.a", [.. Enumerable.Repeat<byte[]>([0x81, 0xa1, (byte)'a'], Nested).SelectMany(part => part), 0xc0], "which is not MessagePack" },
        { "msgpack: $.a", Convert.FromHexString("81a161c70cff000000007fffffffffffffff"), "which is not MessagePack" }, // a time at the end of the world
        { "cbor: $.a", [.. Enumerable.Repeat((byte)0x81, Nested), 0xf6], "which is not CBOR" },
        { "cbor: $.a", [.. Enumerable.Repeat((byte)0x9f, Nested)], "which is not CBOR" },
        { "cbor: $.a", [.. Enumerable.Repeat((byte)0xc6, Nested), 0xf6], "in which $.a selects nothing" }, // tags are left out, however many
        { "decode: [zlib], json: $.a", Zlib(new byte[64 << 20]), "came out: too much to look at" },
        { "decode: [zlib, zlib], json: $.a", Zlib(Zlib(new byte[64 << 20])), "came out: too much to look at" },
        { "decode: [base64, zlib], json: $.a", Encoding.ASCII.GetBytes(Convert.ToBase64String(Zlib(new byte[64 << 20]))), "came out: too much to look at" },
        { "decode: [zlib], msgpack: $.a", Zlib([.. Enumerable.Repeat((byte)0x91, Nested), 0xc0]), "which is not MessagePack" },
        { "matches: 'a(a*)*b', above: 1", [.. Enumerable.Repeat((byte)'a', 1 << 18)], "which does not match a(a*)*b" }, // exponential where it backtracks
    };

    // The megabytes are made when the test runs: enumerated before, each byte of them would become a part of the tests' names.
    [Theory]
    [MemberData(nameof(Unreadable), DisableDiscoveryEnumeration = true)]
    public void Judge_WhatCannotBeRead_FailsAndHasNoValue(string entry, byte[] frame, string problem)
    {
        Assert.EndsWith(problem, Failure($"{entry}{(entry.Contains("above", StringComparison.Ordinal) ? "" : ", at_least: 0")}", frame), StringComparison.Ordinal);
        Assert.True(Failure($"{entry}, at_least: 0", frame)!.Length < 1000, "a verdict is for people");
        Assert.Equal("", Values(entry.Replace(", above: 1", "", StringComparison.Ordinal), frame));
    }

    [Theory]
    [InlineData("1e400", "", ", which is no number")]
    [InlineData("-1e400", "", ", which is no number")]
    [InlineData("1e-400", "0", null)]
    [InlineData("-0", "-0", null)]
    [InlineData("-0.0", "-0", null)]
    [InlineData("1e308", "1E+308", null)]
    [InlineData("18446744073709551616", "1.8446744073709552E+19", null)]
    [InlineData("\"1e400\"", "", ", which is no number")]
    [InlineData("\"NaN\"", "", ", which is no number")]
    [InlineData("\"Infinity\"", "", ", which is no number")]
    [InlineData("\" 7\"", "", ", which is no number")]
    [InlineData("\"0x7\"", "", ", which is no number")]
    [InlineData("\"\"", "", ", which is no number")]
    [InlineData("[7]", "", ", which is no number")]
    public void Judge_OddNumber_IsANumberOrNone(string number, string value, string? problem)
    {
        var frame = Encoding.UTF8.GetBytes($$"""{"a":{{number}}}""");

        Assert.Equal(value, Values("json: $.a", frame));
        Assert.Equal(value, Values("json: $.v.a, each: '$[*]'", Encoding.UTF8.GetBytes($$$"""[{"v":{"a":{{{number}}}}}]""")));
        Assert.Equal(problem, Failure("json: $.a, at_least: 0", frame)?[^", which is no number".Length..]);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(5_000)]
    [InlineData(500_000)]
    public void Judge_NumberOfThousandsOfDigits_IsNone(int digits)
    {
        var frame = Encoding.UTF8.GetBytes($$"""{"a":1{{new string('0', digits)}},"b":[{"v":2}]}""");

        Assert.Equal("", Values("json: $.a", frame));
        Assert.Equal("2", Values("json: $.v, each: '$.b[*]'", frame)); // its neighbours are what they are
        Assert.EndsWith(", which is no number", Failure("json: $.a, at_least: 0", frame), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("msgpack: $.a", "81a161cb7ff8000000000000")]
    [InlineData("msgpack: $.a", "81a161ca7f800000")]
    [InlineData("cbor: $.a", "a16161f97e00")]
    [InlineData("cbor: $.a", "a16161fa7f800000")]
    [InlineData("cbor: $.a", "a16161fbfff0000000000000")]
    [InlineData("offset: 0, format: float64_be", "7ff8000000000000")]
    [InlineData("offset: 0, format: float32_be", "ff800000")]
    [InlineData("offset: 0, format: float16_be", "7e00")]
    public void Judge_NoNumberOrInfinity_IsNoValue(string entry, string hex)
    {
        Assert.Equal("", Values(entry, Convert.FromHexString(hex)));
        Assert.EndsWith(", which is no number", Failure($"{entry}, below: 1", Convert.FromHexString(hex)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("msgpack: $.a", "81a161cb8000000000000000")]
    [InlineData("cbor: $.a", "a16161f98000")]
    [InlineData("offset: 0, format: float32_le", "00000080")]
    public void Judge_NegativeZero_IsZero(string entry, string hex)
    {
        Assert.Equal("-0", Values(entry, Convert.FromHexString(hex)));
        Assert.Null(Failure($"{entry}, at_least: 0, at_most: 0", Convert.FromHexString(hex)));
    }

    [Theory]
    [InlineData("json: $.a", "7b2261223a312c2261223a327d")]
    [InlineData("json: $..a", "7b2261223a312c2261223a327d")]
    [InlineData("msgpack: $.a", "82a16101a16102")]
    [InlineData("cbor: $.a", "a2616101616102")]
    public void Judge_NameThatComesTwice_HasItsLastValue(string entry, string hex) => Assert.Equal("2", Values(entry, Convert.FromHexString(hex)));

    [Theory]
    [InlineData("json: $.b", "7b2261223a5b312c322c2278225d2c2262223a337d")] // {"a":[1,2,"x"],"b":3}
    [InlineData("json: $..b", "7b2261223a5b312c322c2278225d2c2262223a337d")]
    [InlineData("msgpack: $.b", "82a161930102a178a16203")]
    [InlineData("cbor: $.b", "a2616183010261786162fb4008000000000000")]
    [InlineData("json: $, each: '$.a[*]'", "7b2261223a5b312c322c2278225d2c2262223a337d")]
    public void Judge_DocumentThatEndsTooEarly_HasNoValue(string entry, string hex)
    {
        var frame = Convert.FromHexString(hex);
        Assert.NotEmpty(Values(entry, frame));
        for (var length = 0; length < frame.Length; length++)
        {
            Assert.Equal("", Values(entry, frame[..length]));
        }
    }

    [Theory]
    [InlineData("json: $.a", "7b2261223a312c2262223a22ff227d")] // {"a":1,"b":"\xff"}
    [InlineData("msgpack: $.a", "82a16101a162a1ff")]
    [InlineData("cbor: $.a", "a2616101616261ff")]
    public void Judge_InvalidUtf8Elsewhere_LeavesTheValue(string entry, string hex) => Assert.Equal("1", Values(entry, Convert.FromHexString(hex)));

    [Fact]
    public void Read_VeryManyItems_AreBounded()
    {
        var json = $"[{string.Join(',', Enumerable.Range(0, 100_000).Select(number => $$"""{"n":{{number}},"v":1}"""))}]";
        foreach (var (entry, frame) in (IEnumerable<(string, byte[])>)[("", Encoding.ASCII.GetBytes(json)), ("decode: [zlib], ", Zlib(Encoding.ASCII.GetBytes(json)))])
        {
            var values = Read($"{entry}json: $.v, each: '$[*]', labels: {{n: $.n}}", frame);

            Assert.Equal((100, 19_900), (values.Samples.Length, values.Dropped)); // no more than 20,000 are looked at
        }
    }

    [Fact]
    public void Read_SearchInVeryManyValues_FindsNothing() =>
        Assert.Equal("", Values("json: $, each: '$[?(@ > 0)]'", Encoding.ASCII.GetBytes($"[{string.Join(',', Enumerable.Repeat(1, 250_000))}]")));

    [Fact]
    public void Read_CborOfMillionsOfItems_AreBounded()
    {
        var writer = new CborWriter();
        writer.WriteStartArray(1_000_000);
        for (var i = 0; i < 1_000_000; i++)
        {
            writer.WriteNull();
        }

        writer.WriteEndArray();

        Assert.Equal("", Values("cbor: $.v, each: '$[*]'", writer.Encode()));
    }

    [Theory]
    [InlineData("line\\nfeed\\r", "line\nfeed\r")]
    [InlineData("\\\"quoted\\\" \\\\ {a=1}", "\"quoted\" \\ {a=1}")]
    [InlineData("\\u0000\\u001b[31m", "\0\u001b[31m")]
    [InlineData("\\u202egnp.exe\\u2066", "\u202egnp.exe\u2066")]
    [InlineData("\\ud83d\\ude00", "😀")]
    [InlineData("\\ud800", "")] // no text
    public void Read_LabelOfAnything_IsThatText(string json, string label) =>
        Assert.Equal(label, Read("json: $.v, labels: {n: $.n}", Encoding.UTF8.GetBytes($$"""{"v":1,"n":"{{json}}"}""")).Samples[0].Labels[0]);

    // In the terminal of who probes.
    [Theory]
    [InlineData("line\\nfeed", "line\\u000afeed")]
    [InlineData("a\\\"b\\\\c", "a\\\"b\\\\c")]
    [InlineData("\\u001b[31m", "\\u001b[31m")]
    [InlineData("\\u202egnp.exe\\u2066\\ufeff", "\\u202egnp.exe\\u2066\\ufeff")]
    [InlineData("\\ud83d\\ude00 ä", "😀 ä")]
    public void ToString_LabelOfAnything_IsPrintable(string json, string label) => Assert.Equal(
        $"app_a{{n=\"{label}\"}} 1", Read("json: $.v, labels: {n: $.n}", Encoding.UTF8.GetBytes($$"""{"v":1,"n":"{{json}}"}""")).Samples[0].ToString());

    [Fact]
    public void Read_LabelOfAMegabyte_IsCut() => Assert.Equal(
        new string('x', 256), Read("json: $.v, labels: {n: $.n}", Encoding.UTF8.GetBytes($$"""{"v":1,"n":"{{new string('x', 1_000_000)}}"}""")).Samples[0].Labels[0]);

    private static byte[] Deep(char open, char close) => Encoding.ASCII.GetBytes(new string(open, Nested) + new string(close, Nested));

    private static byte[] Zlib(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest))
        {
            zlib.Write(bytes);
        }

        return packed.ToArray();
    }

    private static string Values(string entry, byte[] frame) =>
        string.Join('|', Read(entry, frame).Samples.Select(sample => sample.Number.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));

    private static MessageValues Read(string entry, byte[] frame)
    {
        var config = Parsed.Request($"send: [x]\nvalues: [{{metric: app_a, help: A., {entry}}}]");
        return new ValueReader(config.Values).Read(ZmtpMessage.FromFrames(frame));
    }

    private static string? Failure(string entry, byte[] frame)
    {
        var step = Parsed.Request($$"""
            send: [x]
            expect: [{ {{entry}} }]
            """).Steps[0];
        _ = new ReplyCheck(step.Expect).Judge(ZmtpMessage.FromFrames(frame), new ProbeVariables(ProbeToken.Next(), Sequence: 7, 0), out var failure);
        return failure;
    }
}
