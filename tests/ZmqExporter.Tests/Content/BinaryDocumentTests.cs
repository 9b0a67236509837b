using System.Buffers;
using System.Formats.Cbor;
using System.Text;
using CsCheck;
using MessagePack;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using ZmqExporter.Content;

namespace ZmqExporter.Tests.Content;

public sealed class BinaryDocumentTests
{
    [Theory]
    [InlineData("c0", "null")]
    [InlineData("c3", "true")]
    [InlineData("7f", "127")]
    [InlineData("ff", "-1")]
    [InlineData("d3ffffffffffffffff", "-1")]
    [InlineData("cfffffffffffffffff", "18446744073709551615")]
    [InlineData("ca3dcccccd", "0.1")]
    [InlineData("cb3fb999999999999a", "0.1")]
    [InlineData("cb7ff8000000000000", "\"NaN\"")]
    [InlineData("a3616263", "\"abc\"")]
    [InlineData("c403616263", "\"abc\"")] // bytes that are text
    [InlineData("c402fffe", "\"//4=\"")] // and others
    [InlineData("93010203", "[1,2,3]")]
    [InlineData("82a161010293c0c2a0", """{"a":1,"2":[null,false,""]}""")]
    [InlineData("81ff01", """{"-1":1}""")]
    [InlineData("d6ff00000000", "\"1970-01-01T00:00:00Z\"")]
    [InlineData("d40501", "\"\\u0001\"")]
    public void TryWrite_MessagePack_IsItsJson(string hex, string json) => Assert.Equal(json, MessagePackJson(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("f6", "null")]
    [InlineData("f7", "null")] // undefined
    [InlineData("f5", "true")]
    [InlineData("1903e8", "1000")]
    [InlineData("1bffffffffffffffff", "18446744073709551615")]
    [InlineData("3bffffffffffffffff", "-18446744073709551616")]
    [InlineData("f93c00", "1")]
    [InlineData("fa3dcccccd", "0.1")]
    [InlineData("fb3fb999999999999a", "0.1")]
    [InlineData("f97e00", "\"NaN\"")]
    [InlineData("63616263", "\"abc\"")]
    [InlineData("43616263", "\"abc\"")]
    [InlineData("42fffe", "\"//4=\"")]
    [InlineData("83010203", "[1,2,3]")]
    [InlineData("9f0102ff", "[1,2]")] // of no given length
    [InlineData("7f61616162ff", "\"ab\"")]
    [InlineData("bf616101ff", """{"a":1}""")]
    [InlineData("62fffe", "\"\\uFFFD\\uFFFD\"")] // a text that is none
    [InlineData("a201022003", """{"1":2,"-1":3}""")]
    [InlineData("c074323032332d31312d31345432323a31333a32305a", "\"2023-11-14T22:13:20Z\"")] // a tagged time
    public void TryWrite_Cbor_IsItsJson(string hex, string? json) => Assert.Equal(json, CborJson(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("")]
    [InlineData("c1")] // never used
    [InlineData("92")] // ends too early
    [InlineData("dfffffffff")] // a map of four thousand million entries
    [InlineData("ddffffffff")]
    [InlineData("c6ffffffff")]
    [InlineData("0102")] // more follows
    [InlineData("819001")] // an array as a key
    public void TryWrite_NoMessagePack_IsRefused(string hex) => Assert.Null(MessagePackJson(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("")]
    [InlineData("9bffffffffffffffff")]
    [InlineData("bb7fffffffffffffff")]
    [InlineData("5b7fffffffffffffff")]
    [InlineData("0102")]
    public void TryWrite_NoCbor_IsRefused(string hex) => Assert.Null(CborJson(Convert.FromHexString(hex)));

    [Fact]
    public void TryWrite_DeepNesting_IsRefusedAndNotAStackOverflow()
    {
        Assert.Null(MessagePackJson([.. Enumerable.Repeat((byte)0x91, 200_000), 0xc0]));
        Assert.Null(CborJson([.. Enumerable.Repeat((byte)0x81, 200_000), 0xf6]));
        Assert.Null(CborJson([.. Enumerable.Repeat((byte)0xc1, 200_000)]));
    }

    [Fact]
    public void TryWrite_AnyBytes_NeverThrowsAndWhatComesOutIsJson() => Gen.Byte.Array[0, 40].Sample(bytes =>
    {
        foreach (var json in (string?[])[MessagePackJson(bytes), CborJson(bytes)])
        {
            if (json is not null)
            {
                using var document = System.Text.Json.JsonDocument.Parse(json);
            }
        }
    }, iter: 20_000);

    [Fact]
    public void TryWrite_WhatLibrariesWrote_HasTheSameValues() => Gen.Select(Gen.Int, Gen.String, Gen.Bool, Gen.Byte.Array[0, 5]).Sample((number, text, flag, bytes) =>
    {
        var expected = new JObject { ["n"] = number, ["t"] = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), ["f"] = flag, ["l"] = new JArray(bytes.Select(b => (int)b)) };

        var pack = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(pack);
        writer.WriteMapHeader(4);
        writer.Write("n");
        writer.Write(number);
        writer.Write("t");
        writer.Write(text);
        writer.Write("f");
        writer.Write(flag);
        writer.Write("l");
        writer.WriteArrayHeader(bytes.Length);
        foreach (var b in bytes)
        {
            writer.Write(b);
        }

        writer.Flush();
        Assert.Equal(expected.ToString(Formatting.None), JToken.Parse(MessagePackJson(pack.WrittenSpan.ToArray())!).ToString(Formatting.None));

        var cbor = new CborWriter();
        cbor.WriteStartMap(4);
        cbor.WriteTextString("n");
        cbor.WriteInt32(number);
        cbor.WriteTextString("t");
        cbor.WriteTextString(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
        cbor.WriteTextString("f");
        cbor.WriteBoolean(flag);
        cbor.WriteTextString("l");
        cbor.WriteStartArray(bytes.Length);
        foreach (var b in bytes)
        {
            cbor.WriteUInt32(b);
        }

        cbor.WriteEndArray();
        cbor.WriteEndMap();
        Assert.Equal(expected.ToString(Formatting.None), JToken.Parse(CborJson(cbor.Encode())!).ToString(Formatting.None));
    });

    private static string? MessagePackJson(byte[] bytes)
    {
        var output = new ArrayBufferWriter<byte>();
        return MessagePackText.TryWrite(bytes, output) ? Encoding.UTF8.GetString(output.WrittenSpan) : null;
    }

    private static string? CborJson(byte[] bytes)
    {
        var output = new ArrayBufferWriter<byte>();
        return CborText.TryWrite(bytes, output) ? Encoding.UTF8.GetString(output.WrittenSpan) : null;
    }
}
