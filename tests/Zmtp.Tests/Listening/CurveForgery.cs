using NaCl;
using Zmtp.Security;
using Zmtp.Wire;
using static Zmtp.Security.CurveLengths;

namespace Zmtp.Tests.Listening;

/// <summary>A CURVE client that may name another key than the one it has.</summary>
internal static class CurveForgery
{
    /// <summary>A HELLO.</summary>
    public static Command Hello(CurvePublicKey server, CurveKeyPair shortKeys)
    {
        var data = new byte[HelloLength];
        data[0] = 1;
        shortKeys.PublicKey.Bytes.CopyTo(data.AsSpan(VersionLength + PaddingLength));
        var rest = data.AsSpan(VersionLength + PaddingLength + KeyLength);
        var nonce = new byte[CurveNonce.Length];
        CurveNonce.Join(nonce, CurveNonce.Hello, 1, rest);
        using var box = new Curve25519XSalsa20Poly1305(shortKeys.Secret, server.Bytes);
        box.Encrypt(rest[CurveNonce.ShortLength..], new byte[SignatureLength], nonce);
        return CommandOf(CommandNames.Hello, data);
    }

    /// <summary>An INITIATE that names one key and is vouched for with another.</summary>
    /// <param name="server">The server's key.</param>
    /// <param name="shortKeys">Those of the HELLO.</param>
    /// <param name="welcome">The server's WELCOME, with its name.</param>
    /// <param name="named">The key that is named.</param>
    /// <param name="vouching">The one that its sender has.</param>
    public static Command Initiate(CurvePublicKey server, CurveKeyPair shortKeys, byte[] welcome, CurvePublicKey named, CurveKeyPair vouching)
    {
        Assert.True(Command.TryParse(welcome, out var command));
        var nonce = new byte[CurveNonce.Length];
        CurveNonce.Join(nonce, CurveNonce.Welcome, command.Data[..CurveNonce.LongLength]);
        var opened = new byte[KeyLength + CookieLength];
        using var helloBox = new Curve25519XSalsa20Poly1305(shortKeys.Secret, server.Bytes);
        Assert.True(helloBox.TryDecrypt(opened, command.Data[CurveNonce.LongLength..], nonce));
        var shortServer = opened[..KeyLength];

        byte[] metadata = [11, .. "Socket-Type"u8, 0, 0, 0, 4, .. "PUSH"u8];
        var plain = new byte[KeyLength + VouchLength + metadata.Length];
        named.Bytes.CopyTo(plain);
        metadata.CopyTo(plain, KeyLength + VouchLength);
        var vouch = plain.AsSpan(KeyLength, VouchLength);
        CurveNonce.Join(nonce, CurveNonce.Vouch, vouch[..CurveNonce.LongLength]);
        using var vouchBox = new Curve25519XSalsa20Poly1305(vouching.Secret, shortServer);
        vouchBox.Encrypt(vouch[CurveNonce.LongLength..], [.. shortKeys.PublicKey.Bytes, .. server.Bytes], nonce);

        var data = new byte[CookieLength + CurveNonce.ShortLength + TagLength + plain.Length];
        opened.AsSpan(KeyLength).CopyTo(data);
        CurveNonce.Join(nonce, CurveNonce.Initiate, 2, data.AsSpan(CookieLength));
        using var box = new Curve25519XSalsa20Poly1305(shortKeys.Secret, shortServer);
        box.Encrypt(data.AsSpan(CookieLength + CurveNonce.ShortLength), plain, nonce);
        return CommandOf(CommandNames.Initiate, data);
    }

    private static Command CommandOf(ReadOnlySpan<byte> name, byte[] data)
    {
        Assert.True(Command.TryParse((byte[])[(byte)name.Length, .. name, .. data], out var command));
        return command;
    }
}
