using System.Buffers.Binary;
using System.Security.Cryptography;
using NaCl;
using Zmtp.Security;

namespace TestSupport.Peers;

/// <summary>
/// The server's side of CURVE, straight from RFC 26 and on nothing but the primitives: it takes and gives bodies of frames.
/// It throws when the client does something that RFC 26 does not allow.
/// </summary>
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
            Require(Z85.TryDecode(Keys.ExportSecretKey(), secret, out _), "the secret key is Z85");
            return secret;
        }
    }

    private Curve25519XSalsa20Poly1305 SharedBox => new(_short.Secret, _clientShort);

    public byte[] Welcome(byte[] hello)
    {
        Require(hello.Length == 200, $"HELLO has {hello.Length} bytes");
        Require(hello.AsSpan().StartsWith("\x05HELLO\x01\0"u8), "HELLO has its name and version 1.0");
        Require(!hello.AsSpan(8, 72).ContainsAnyExcept((byte)0), "the padding of HELLO is zero");
        _clientShort = hello[80..112];
        var plain = new byte[64];
        Require(new Curve25519XSalsa20Poly1305(Secret, _clientShort).TryDecrypt(plain, hello.AsSpan(120), [.. "CurveZMQHELLO---"u8, .. hello[112..120]]), "the signature of HELLO opens");
        Require(!plain.AsSpan().ContainsAnyExcept((byte)0), "the signature of HELLO is zero");
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
        Require(initiate.Length >= 257, $"INITIATE has {initiate.Length} bytes");
        Require(initiate.AsSpan().StartsWith("\x08INITIATE"u8), "INITIATE has its name");
        Require(initiate.AsSpan(9, 96).SequenceEqual(_cookie), "INITIATE brings the cookie back");
        CountUp(initiate.AsSpan(105));
        var plain = new byte[initiate.Length - 129];
        Require(SharedBox.TryDecrypt(plain, initiate.AsSpan(113), [.. "CurveZMQINITIATE"u8, .. initiate[105..113]]), "INITIATE opens");
        ClientKey = plain[..32];
        var vouch = new byte[64];
        Require(new Curve25519XSalsa20Poly1305(_short.Secret, ClientKey).TryDecrypt(vouch, plain.AsSpan(48, 80), [.. "VOUCH---"u8, .. plain[32..48]]), "the vouch opens");
        Require(vouch.AsSpan().SequenceEqual((byte[])[.. _clientShort, .. Keys.PublicKey.Bytes]), "the vouch is for C' and S");
        ClientMetadata = plain[128..];
        return Box("\x05READY"u8, "CurveZMQREADY---"u8, metadata);
    }

    /// <summary>A MESSAGE.</summary>
    public byte[] Message(byte flags, ReadOnlySpan<byte> content) => Box("\x07MESSAGE"u8, "CurveZMQMESSAGES"u8, [flags, .. content]);

    /// <summary>Opens a MESSAGE of the client's.</summary>
    public (byte Flags, byte[] Content) Open(byte[] message)
    {
        Require(message.AsSpan().StartsWith("\x07MESSAGE"u8), "MESSAGE has its name");
        CountUp(message.AsSpan(8));
        var plain = new byte[message.Length - 32];
        Require(SharedBox.TryDecrypt(plain, message.AsSpan(16), [.. "CurveZMQMESSAGEC"u8, .. message[8..16]]), "MESSAGE opens");
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
        Require(number > _clientNonce, $"numbers rise: {number} after {_clientNonce}");
        _clientNonce = number;
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"does not hold: {what}");
        }
    }
}
