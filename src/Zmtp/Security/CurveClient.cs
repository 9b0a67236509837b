using System.Buffers.Binary;
using System.Security.Cryptography;
using NaCl;
using Zmtp.Wire;
using static Zmtp.Security.CurveLengths;

namespace Zmtp.Security;

/// <summary>
/// The CURVE mechanism (RFC 26): HELLO → WELCOME → INITIATE → READY, then everything in boxes. The short-term key pair is made again for
/// each connection and its secret half wiped as soon as the last box that needs it is made. Lower-case names in comments are RFC 26's:
/// C and S are the permanent keys of client and server, C' and S' the short-term ones.
/// </summary>
internal sealed class CurveClient(CurvePublicKey server, CurveKeyPair client) : ClientMechanism
{
    public const string MechanismName = "CURVE";

    private readonly byte[] _shortSecret = new byte[KeyLength]; // c'
    private byte[] _shortPublic = [];
    private Curve25519XSalsa20Poly1305? _helloBox; // C' → S
    private Curve25519XSalsa20Poly1305? _box; // C' → S'
    private ulong _nonce;
    private ulong _peerNonce;
    private volatile Step _step;

    private enum Step
    {
        Fresh,
        HelloSent,
        InitiateSent,
        Done,
    }

    /// <inheritdoc />
    public override string? Refusal => _step switch
    {
        Step.HelloSent => "our HELLO: the server did not accept it, probably because server_public_key is not this server's key",
        Step.InitiateSent => $"our INITIATE: probably the server's ZAP handler does not allow our client key, whose public key is {client.PublicKey}, or failed for the moment (ZAP 300)",
        _ => null,
    };

    /// <inheritdoc />
    public override void Start(ReadOnlySpan<byte> metadata, ISecurityOutput output)
    {
        RandomNumberGenerator.Fill(_shortSecret);
        _shortPublic = CurveKeyPair.DerivePublic(_shortSecret);
        _helloBox = new Curve25519XSalsa20Poly1305(_shortSecret, server.Bytes);

        Span<byte> hello = stackalloc byte[HelloLength];
        hello.Clear();
        hello[0] = 1; // version 1.0
        _shortPublic.CopyTo(hello[(VersionLength + PaddingLength)..]);
        var rest = hello[(VersionLength + PaddingLength + KeyLength)..];
        Span<byte> nonce = stackalloc byte[CurveNonce.Length];
        CurveNonce.Join(nonce, CurveNonce.Hello, ++_nonce, rest);
        Span<byte> signature = stackalloc byte[SignatureLength];
        signature.Clear();
        _helloBox.Encrypt(rest[CurveNonce.ShortLength..], signature, nonce);
        _step = Step.HelloSent;
        output.SendCommand(CommandNames.Hello, hello);
    }

    /// <inheritdoc />
    public override ZmtpError? OnCommand(Command command, ReadOnlySpan<byte> metadata, ISecurityOutput output) => _step switch
    {
        Step.HelloSent => command.Is(CommandNames.Welcome) ? OnWelcome(command.Data, metadata, output) : Unexpected(command, "WELCOME"),
        Step.InitiateSent => command.Is(CommandNames.Ready) ? OnReady(command.Data, output) : Unexpected(command, "READY"),
        _ => Unexpected(command, "nothing"),
    };

    /// <inheritdoc />
    public override ITraffic TakeTraffic()
    {
        if (_step != Step.Done || _box is null)
        {
            throw new InvalidOperationException("The handshake is not done, or its traffic was taken: nothing may go in clear.");
        }

        var traffic = new CurveTraffic(_box, _nonce, _peerNonce);
        _box = null;
        return traffic;
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        WipeShortSecret();
        _box?.Dispose();
        _box = null;
        base.Dispose();
    }

    private ZmtpError? OnWelcome(ReadOnlySpan<byte> data, ReadOnlySpan<byte> metadata, ISecurityOutput output)
    {
        if (data.Length != WelcomeLength)
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, $"the peer's CURVE WELCOME has {data.Length} bytes behind its name, and {WelcomeLength} belong there");
        }

        Span<byte> nonce = stackalloc byte[CurveNonce.Length];
        CurveNonce.Join(nonce, CurveNonce.Welcome, data[..CurveNonce.LongLength]);
        Span<byte> welcome = stackalloc byte[KeyLength + CookieLength];
        if (!_helloBox!.TryDecrypt(welcome, data[CurveNonce.LongLength..], nonce))
        {
            return new ZmtpError(ZmtpErrorCode.Auth, "the peer's CURVE WELCOME does not open: it was not made with the secret key that belongs to server_public_key");
        }

        var shortServer = welcome[..KeyLength];
        _box = new Curve25519XSalsa20Poly1305(_shortSecret, shortServer);
        SendInitiate(shortServer, welcome[KeyLength..], metadata, output);
        WipeShortSecret();
        return null;
    }

    private void SendInitiate(ReadOnlySpan<byte> shortServer, ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> metadata, ISecurityOutput output)
    {
        Span<byte> nonce = stackalloc byte[CurveNonce.Length];
        var plain = new byte[KeyLength + VouchLength + metadata.Length];
        client.PublicKey.Bytes.CopyTo(plain);

        // The vouch: whoever holds C says that C' is its own, to S and nobody else.
        var vouch = plain.AsSpan(KeyLength, VouchLength);
        RandomNumberGenerator.Fill(vouch[..CurveNonce.LongLength]);
        CurveNonce.Join(nonce, CurveNonce.Vouch, vouch[..CurveNonce.LongLength]);
        Span<byte> vouched = stackalloc byte[KeyLength + KeyLength];
        _shortPublic.CopyTo(vouched);
        server.Bytes.CopyTo(vouched[KeyLength..]);
        using (var vouchBox = new Curve25519XSalsa20Poly1305(client.Secret, shortServer))
        {
            vouchBox.Encrypt(vouch[CurveNonce.LongLength..], vouched, nonce);
        }

        metadata.CopyTo(plain.AsSpan(KeyLength + VouchLength));
        var initiate = new byte[CookieLength + CurveNonce.ShortLength + TagLength + plain.Length];
        cookie.CopyTo(initiate);
        CurveNonce.Join(nonce, CurveNonce.Initiate, ++_nonce, initiate.AsSpan(CookieLength));
        _box!.Encrypt(initiate.AsSpan(CookieLength + CurveNonce.ShortLength), plain, nonce);
        _step = Step.InitiateSent;
        output.SendCommand(CommandNames.Initiate, initiate);
    }

    private ZmtpError? OnReady(ReadOnlySpan<byte> data, ISecurityOutput output)
    {
        if (data.Length < CurveNonce.ShortLength + TagLength)
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, $"the peer's CURVE READY has {data.Length} bytes behind its name, and at least {CurveNonce.ShortLength + TagLength} belong there");
        }

        Span<byte> nonce = stackalloc byte[CurveNonce.Length];
        CurveNonce.Join(nonce, CurveNonce.Ready, data[..CurveNonce.ShortLength]);
        var box = data[CurveNonce.ShortLength..];
        var metadata = new byte[box.Length - TagLength];
        if (!_box!.TryDecrypt(metadata, box, nonce))
        {
            return new ZmtpError(ZmtpErrorCode.Auth, "the peer's CURVE READY does not open: it was not made with the key of the peer's WELCOME");
        }

        _peerNonce = BinaryPrimitives.ReadUInt64BigEndian(data);
        _step = Step.Done;
        output.TakePeerMetadata(metadata);
        IsReady = true;
        return null;
    }

    private void WipeShortSecret()
    {
        CryptographicOperations.ZeroMemory(_shortSecret);
        _helloBox?.Dispose();
        _helloBox = null;
    }
}
