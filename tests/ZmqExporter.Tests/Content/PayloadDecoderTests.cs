using System.Buffers;
using System.IO.Compression;
using System.Text;
using CsCheck;
using ZmqExporter.Content;

namespace ZmqExporter.Tests.Content;

public sealed class PayloadDecoderTests
{
    public static TheoryData<string> Names => [.. Enum.GetNames<Decoding>()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_WhatWasPacked_ComesOut(string name)
    {
        var decoding = Enum.Parse<Decoding>(name);
        Gen.Byte.Array[0, 5000].Sample(bytes =>
        {
            var output = new ArrayBufferWriter<byte>();

            Assert.Null(PayloadDecoder.Decode(decoding, Pack(decoding, bytes), output));
            Assert.Equal(bytes, output.WrittenSpan.ToArray());
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_AnyBytes_NeverThrowsAndStaysBounded(string name) => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        var output = new ArrayBufferWriter<byte>();
        _ = PayloadDecoder.Decode(Enum.Parse<Decoding>(name), bytes, output);

        Assert.InRange(output.WrittenCount, 0, 128 * 1024);
    });

    [Theory]
    [InlineData("Zlib", "zlib")]
    [InlineData("Gzip", "gzip")]
    [InlineData("Brotli", "brotli")]
    [InlineData("Base64", "base64")]
    public void Decode_SomethingElse_IsSaid(string name, string word) =>
        Assert.Equal($", which is not {word}", PayloadDecoder.Decode(Enum.Parse<Decoding>(name), "!"u8, new ArrayBufferWriter<byte>()));

    [Theory]
    [InlineData("Zlib", 100 << 20)]
    [InlineData("Gzip", 100 << 20)]
    [InlineData("Brotli", 100 << 20)]
    [InlineData("Zlib", 200 << 10)] // small, and far too much for what came
    public void Decode_Bomb_EndsAtTheLimit(string name, int size)
    {
        var decoding = Enum.Parse<Decoding>(name);
        var output = new ArrayBufferWriter<byte>();

        Assert.EndsWith("came out: too much to look at", PayloadDecoder.Decode(decoding, Pack(decoding, new byte[size]), output), StringComparison.Ordinal);
        Assert.InRange(output.WrittenCount, 0, PayloadDecoder.MaxLength + (64 * 1024));
    }

    [Theory]
    [InlineData("Zlib")]
    [InlineData("Gzip")]
    [InlineData("Brotli")]
    public void Decode_WithoutItsEnd_IsNoShorterText(string name)
    {
        var decoding = Enum.Parse<Decoding>(name);
        var packed = Pack(decoding, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 50))));
        for (var length = 0; length < packed.Length; length++)
        {
            Assert.EndsWith($"is not {name.ToLowerInvariant()}", PayloadDecoder.Decode(decoding, packed.AsSpan(0, length), new ArrayBufferWriter<byte>()), StringComparison.Ordinal);
        }
    }

    private static byte[] Pack(Decoding decoding, byte[] bytes)
    {
        if (decoding == Decoding.Base64)
        {
            return Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));
        }

        using var packed = new MemoryStream();
        using (Stream stream = decoding switch
        {
            Decoding.Zlib => new ZLibStream(packed, CompressionLevel.Optimal),
            Decoding.Gzip => new GZipStream(packed, CompressionLevel.Optimal),
            _ => new BrotliStream(packed, CompressionLevel.Optimal),
        })
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    [Fact]
    public void Decode_MuchBase64_IsTooMuch() => Assert.Equal(
        ", of which more than 4194304 bytes of base64 come out: too much to look at",
        PayloadDecoder.Decode(Decoding.Base64, Encoding.ASCII.GetBytes(new string('A', 6 << 20)), new ArrayBufferWriter<byte>()));
}
