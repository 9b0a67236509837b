using System.Buffers;
using System.Text;
using CsCheck;
using ZmqExporter.Content;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;

namespace ZmqExporter.Tests.Probing;

/// <summary>Frames of binary protocols, from the file to the bytes that a probe sends.</summary>
public sealed class PackedFrameTests
{
    private static readonly ProbeToken Token = ProbeToken.Next();

    [Theory]
    [InlineData("{a: 1, b: [true, null, -5, 0.5], c: text}", """{"a":1,"b":[true,null,-5,0.5],"c":"text"}""")]
    [InlineData("{id: '{token}', n: '{sequence}', t: '{unix_ms}'}", """{"id":"TOKEN","n":7,"t":1700000000000}""")]
    [InlineData("'x{token}y{token}'", "\"xTOKENyTOKEN\"")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("'5'", "\"5\"")]
    [InlineData(".inf", "\"Infinity\"")]
    [InlineData("'{\"other\"}'", "\"{\\u0022other\\u0022}\"")]
    public void Message_PackedValue_HasTheValuesOfTheFileAndOfTheProbe(string yaml, string json)
    {
        var expected = json.Replace("TOKEN", Token.ToString(), StringComparison.Ordinal);
        var pack = new ArrayBufferWriter<byte>();
        var cbor = new ArrayBufferWriter<byte>();

        Assert.True(MessagePackText.TryWrite(Send($"{{msgpack: {yaml}}}"), pack));
        Assert.True(CborText.TryWrite(Send($"{{cbor: {yaml}}}"), cbor));
        Assert.Equal(expected, Encoding.UTF8.GetString(pack.WrittenSpan));
        Assert.Equal(expected, Encoding.UTF8.GetString(cbor.WrittenSpan));
    }

    [Theory]
    [InlineData("[{hex: '93 01'}, {base64: BAA=}, ok]", "930104006f6b")]
    [InlineData("[{uint64_be: '{sequence}'}, {uint32_le: '{sequence}'}, {uint8: '{sequence}'}]", "00000000000000070700000007")]
    [InlineData("[{int64_be: '{unix_ms}'}]", "0000018bcfe56800")]
    [InlineData("[{int16_be: -2}, {uint16_le: 258}, {float32_be: 0.1}, {float64_le: 1}]", "fffe02013dcccccd000000000000f03f")]
    [InlineData("['n={sequence};']", "6e3d373b")]
    public void Message_Parts_StandOneAfterTheOther(string parts, string hex) => Assert.Equal(hex, Convert.ToHexStringLower(Send($"{{parts: {parts}}}")));

    [Fact]
    public void Message_TokenInParts_IsTheProbes() => Assert.Equal($"id {Token}", Encoding.ASCII.GetString(Send("{parts: ['id ', '{token}']}")));

    [Fact]
    public void TryParse_WhatFits_IsWrittenAndReadBack() => Gen.Select(Gen.Long, Gen.Int[0, 100]).Sample((number, pick) =>
    {
        var formats = BinaryNumber.All().Where(format => format.Kind != BinaryKind.Float).ToList();
        var format = formats[pick % formats.Count];
        var shifted = number >> (64 - (8 * format.Size));
        var text = (format.Kind == BinaryKind.Unsigned ? (Int128)((ulong)number >> (64 - (8 * format.Size))) : shifted).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var bytes = new byte[format.Size];

        Assert.True(format.TryParse(text, out var bits));
        format.Write(bits, bytes);
        Assert.Equal(text, Encoding.ASCII.GetString(format.Read(bytes, new ContentBuffer().Next()).Text));
    });

    private static byte[] Send(string frame)
    {
        var step = new RequestStep(Parsed.Request($"send: [{frame}]").Steps[0], []);
        return step.Message(new ProbeVariables(Token, Sequence: 7, UnixMilliseconds: 1_700_000_000_000))[0].ToArray();
    }
}
