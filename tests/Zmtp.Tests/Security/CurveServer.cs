using System.Buffers.Binary;
using System.Security.Cryptography;
using NaCl;
using Zmtp.Security;

namespace Zmtp.Tests.Security;

/// <summary>The server's side of CURVE, straight from RFC 26 and on nothing but the primitives: it takes and gives bodies of frames.</summary>
internal sealed class CurveServer
{
    private readonly byte[] _cookie = RandomNumberGenerator.GetBytes(96);
    private readonly (byte[] Secret, byte[] Public) _short = NewPair();
    private byte[] _clientShort = [];
    private ulong _clientNonce;

    public CurveKeyPair Keys { get; init; } = CurveKeyPair.Generate();

    /// <summary>The number of the next box.</summary>
    public ulong Nonce { get; set; } = 1;

    /// <summary>The client's permanent key, from its INITIATE.</summary>
    public byte[] ClientKey { get; private set; } = [];

    /// <summary>The client's metadata, from its INITIATE.</summary>
    public byte[] ClientMetadata { get; private set; } = [];

    private byte[] Secret
    {
        get
        {
            var secret = new byte[32];
            Assert.True(Z85.TryDecode(Keys.ExportSecretKey(), secret, out _));
            return secret;
        }
    }

    private Curve25519XSalsa20Poly1305 SharedBox => new(_short.Secret, _clientShort);

    public byte[] Welcome(byte[] hello)
    {
        Assert.Equal(200, hello.Length);
        Assert.Equal("\x05HELLO\x01\0"u8, hello.AsSpan(0, 8));
        Assert.Equal(-1, hello.AsSpan(8, 72).IndexOfAnyExcept((byte)0));
        _clientShort = hello[80..112];
        var plain = new byte[64];
        Assert.True(new Curve25519XSalsa20Poly1305(Secret, _clientShort).TryDecrypt(plain, hello.AsSpan(120), [.. "CurveZMQHELLO---"u8, .. hello[112..120]]));
        Assert.Equal(-1, plain.AsSpan().IndexOfAnyExcept((byte)0));
        _clientNonce = BinaryPrimitives.ReadUInt64BigEndian(hello.AsSpan(112));
        return WelcomeBy(Secret, _clientShort);
    }

    /// <summary>A WELCOME made with any key.</summary>
    public byte[] WelcomeBy(ReadOnlySpan<byte> secret, byte[] clientShort)
    {
        var nonce = RandomNumberGenerator.GetBytes(16);
        var box = new byte[144];
        byte[] plain = [.. _short.Public, .. _cookie];
        new Curve25519XSalsa20Poly1305(secret, clientShort).Encrypt(box, plain, [.. "WELCOME-"u8, .. nonce]);
        return [.. "\x07WELCOME"u8, .. nonce, .. box];
    }

    public byte[] Ready(byte[] initiate, byte[] metadata)
    {
        Assert.True(initiate.Length >= 257);
        Assert.Equal("\x08INITIATE"u8, initiate.AsSpan(0, 9));
        Assert.Equal(_cookie, initiate[9..105]);
        CountUp(initiate.AsSpan(105));
        var plain = new byte[initiate.Length - 129];
        Assert.True(SharedBox.TryDecrypt(plain, initiate.AsSpan(113), [.. "CurveZMQINITIATE"u8, .. initiate[105..113]]));
        ClientKey = plain[..32];
        var vouch = new byte[64];
        Assert.True(new Curve25519XSalsa20Poly1305(_short.Secret, ClientKey).TryDecrypt(vouch, plain.AsSpan(48, 80), [.. "VOUCH---"u8, .. plain[32..48]]));
        Assert.Equal([.. _clientShort, .. Keys.PublicKey.Bytes], vouch);
        ClientMetadata = plain[128..];
        return Box("\x05READY"u8, "CurveZMQREADY---"u8, metadata);
    }

    /// <summary>A MESSAGE.</summary>
    public byte[] Message(byte flags, ReadOnlySpan<byte> content) => Box("\x07MESSAGE"u8, "CurveZMQMESSAGES"u8, [flags, .. content]);

    /// <summary>Opens a MESSAGE of the client's.</summary>
    public (byte Flags, byte[] Content) Open(byte[] message)
    {
        Assert.Equal("\x07MESSAGE"u8, message.AsSpan(0, 8));
        CountUp(message.AsSpan(8));
        var plain = new byte[message.Length - 32];
        Assert.True(SharedBox.TryDecrypt(plain, message.AsSpan(16), [.. "CurveZMQMESSAGEC"u8, .. message[8..16]]));
        return (plain[0], plain[1..]);
    }

    private static (byte[] Secret, byte[] Public) NewPair()
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        return (secret, Curve25519.ScalarMultiplicationBase([.. secret]));
    }

    private byte[] Box(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix, byte[] plain)
    {
        var nonce = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(nonce, Nonce++);
        var box = new byte[plain.Length + 16];
        SharedBox.Encrypt(box, plain, [.. prefix, .. nonce]);
        return [.. name, .. nonce, .. box];
    }

    private void CountUp(ReadOnlySpan<byte> nonce)
    {
        var number = BinaryPrimitives.ReadUInt64BigEndian(nonce);
        Assert.True(number > _clientNonce, $"number {number} after {_clientNonce}");
        _clientNonce = number;
    }
}
