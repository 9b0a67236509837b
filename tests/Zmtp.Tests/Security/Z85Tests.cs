using CsCheck;
using Zmtp.Security;

namespace Zmtp.Tests.Security;

public sealed class Z85Tests
{
    // The test case of RFC 32, and a CURVE key from zmq_curve_keypair(3).
    [Theory]
    [InlineData("864FD26FB559F75B", "HelloWorld")]
    [InlineData("8E0BDD697628B91D8F245587EE95C5B04D48963F79259877B49CD9063AEAD3B7", "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6")]
    [InlineData("", "")]
    [InlineData("FFFFFFFF", "%nSc0")]
    public void Encode_KnownBytes_GivesTheKnownText(string hex, string text)
    {
        var bytes = Convert.FromHexString(hex);
        var decoded = new byte[bytes.Length];

        Assert.Equal(text, Z85.Encode(bytes));
        Assert.True(Z85.TryDecode(text, decoded, out _));
        Assert.Equal(bytes, decoded);
    }

    [Fact]
    public void Decode_OfAnEncodedArray_GivesItBack() => Gen.Byte.Array[0, 16].Select(Quadruple).Sample(bytes =>
    {
        var decoded = new byte[bytes.Length];
        return Z85.TryDecode(Z85.Encode(bytes), decoded, out _) && bytes.AsSpan().SequenceEqual(decoded);
    });

    [Fact]
    public void Decode_AnyText_IsRefusedOrTheOnlyTextOfItsBytes() => Gen.String[Gen.Char['\0', '\u00ff'], 5, 5].Sample(text =>
    {
        var decoded = new byte[4];
        return !Z85.TryDecode(text, decoded, out _) || Z85.Encode(decoded) == text;
    });

    [Theory]
    [InlineData("HelloWorl", -1)] // too short
    [InlineData("HelloWorldd", -1)]
    [InlineData("Hello World", -1)]
    [InlineData("Hell\"World", 4)]
    [InlineData("HelloWorl\u00e4", 9)]
    [InlineData("HelloWorl\0", 9)]
    [InlineData("#####World", -1)] // more than 32 bits
    [InlineData("%nSc1World", -1)] // by one
    public void Decode_BadText_SaysWhere(string text, int badCharacter)
    {
        Assert.False(Z85.TryDecode(text, new byte[8], out var where));
        Assert.Equal(badCharacter, where);
    }

    [Fact]
    public void Encode_PartOfAGroup_IsTheCallersMistake() => Assert.Throws<ArgumentException>(() => Z85.Encode(new byte[5]));

    private static byte[] Quadruple(byte[] bytes) => [.. bytes, .. bytes, .. bytes, .. bytes];
}
