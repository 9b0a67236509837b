using System.Buffers.Binary;
using System.Security.Cryptography;
using NaCl;
using Zmtp.Wire;
using static Zmtp.Security.CurveLengths;

namespace Zmtp.Security;

/// <summary>
/// The server's side of CURVE (RFC 26): HELLO → WELCOME → INITIATE → READY, then everything in boxes. It keeps its state from HELLO to INITIATE,
/// so that its cookie is only a random number that has to come back. Names as in <see cref="CurveClient"/>.
/// </summary>
/// <param name="server">Our permanent pair.</param>
/// <param name="allows">Whether a client's permanent key is a known one.</param>
internal sealed class CurveServerMechanism(CurveKeyPair server, Func<CurvePublicKey, bool> allows) : ServerMechanism
{
    private readonly byte[] _cookie = new byte[CookieLength];
    private readonly byte[] _shortSecret = new byte[KeyLength]; // s'
    private byte[] _clientShort = []; // C'
    private Curve25519XSalsa20Poly1305? _box; // S' → C'
    private ulong _nonce;
    private ulong _peerNonce;

    /// <inheritdoc />
    public override ZmtpError? OnCommand(Command command, IServerOutput output) => _clientShort.Length == 0
        ? command.Is(CommandNames.Hello) ? OnHello(command.Data, output) : Unexpected(command, "HELLO")
        : command.Is(CommandNames.Initiate) ? OnInitiate(command.Data, output) : Unexpected(command, "INITIATE");

    /// <inheritdoc />
    public override ITraffic TakeTraffic()
    {
        if (!IsReady || _box is null)
        {
            throw new InvalidOperationException("The handshake is not done, or its traffic was taken: nothing may go in clear.");
        }

        var traffic = new CurveTraffic(_box, _nonce, _peerNonce, isServer: true);
        _box = null;
        return traffic;
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        CryptographicOperations.ZeroMemory(_shortSecret);
        _box?.Dispose();
        _box = null;
        base.Dispose();
    }

    private ZmtpError? OnHello(ReadOnlySpan<byte> data, IServerOutput output)
    {
        if (data.Length != HelloLength || data[0] != 1 || data[1] != 0)
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, $"the peer's CURVE HELLO is none of version 1.0: {data.Length} bytes behind its name, and {HelloLength} belong there");
        }

        var clientShort = data.Slice(VersionLength + PaddingLength, KeyLength);
        var rest = data[(VersionLength + PaddingLength + KeyLength)..];
        Span<byte> nonce = stackalloc byte[CurveNonce.Length];
        CurveNonce.Join(nonce, CurveNonce.Hello, rest[..CurveNonce.ShortLength]);
        using var helloBox = new Curve25519XSalsa20Poly1305(server.Secret, clientShort);
        Span<byte> signature = stackalloc byte[SignatureLength];
        if (!helloBox.TryDecrypt(signature, rest[CurveNonce.ShortLength..], nonce) || signature.ContainsAnyExcept((byte)0))
        {
            return new ZmtpError(ZmtpErrorCode.Auth, $"the peer's CURVE HELLO does not open: it was made for another server's public key than {server.PublicKey}");
        }

        _peerNonce = BinaryPrimitives.ReadUInt64BigEndian(rest);
        _clientShort = clientShort.ToArray();
        RandomNumberGenerator.Fill(_shortSecret);
        RandomNumberGenerator.Fill(_cookie);
        _box = new Curve25519XSalsa20Poly1305(_shortSecret, clientShort);

        Span<byte> plain = stackalloc byte[KeyLength + CookieLength];
        CurveKeyPair.DerivePublic(_shortSecret).CopyTo(plain);
        _cookie.CopyTo(plain[KeyLength..]);
        Span<byte> welcome = stackalloc byte[WelcomeLength];
        RandomNumberGenerator.Fill(welcome[..CurveNonce.LongLength]);
        CurveNonce.Join(nonce, CurveNonce.Welcome, welcome[..CurveNonce.LongLength]);
        helloBox.Encrypt(welcome[CurveNonce.LongLength..], plain, nonce);
        output.SendCommand(CommandNames.Welcome, welcome);
        return null;
    }

    private ZmtpError? OnInitiate(ReadOnlySpan<byte> data, IServerOutput output)
    {
        if (data.Length < LeastInitiateLength)
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, $"the peer's CURVE INITIATE has {data.Length} bytes behind its name, and at least {LeastInitiateLength} belong there");
        }

        var rest = data[CookieLength..];
        var number = BinaryPrimitives.ReadUInt64BigEndian(rest);
        Span<byte> nonce = stackalloc byte[CurveNonce.Length];
        CurveNonce.Join(nonce, CurveNonce.Initiate, rest[..CurveNonce.ShortLength]);
        var plain = new byte[rest.Length - CurveNonce.ShortLength - TagLength];
        if (!CryptographicOperations.FixedTimeEquals(data[..CookieLength], _cookie) || number <= _peerNonce
            || !_box!.TryDecrypt(plain, rest[CurveNonce.ShortLength..], nonce))
        {
            return new ZmtpError(ZmtpErrorCode.Auth, "the peer's CURVE INITIATE does not open, or does not belong to its HELLO");
        }

        var client = new CurvePublicKey(plain[..KeyLength]);
        if (!IsVouched(client, plain.AsSpan(KeyLength, VouchLength)))
        {
            return new ZmtpError(ZmtpErrorCode.Auth, $"the peer's CURVE INITIATE names the key {client}, and the peer does not have it");
        }

        if (!allows(client))
        {
            return new ZmtpError(ZmtpErrorCode.Auth, $"the client key {client} is not allowed");
        }

        Identity = new ListenerIdentity.Key(client, server.PublicKey);
        if (output.ExchangeMetadata(plain.AsSpan(KeyLength + VouchLength), out var ours) is { } error)
        {
            return error;
        }

        _peerNonce = number;
        SendReady(ours, output);
        return null;
    }

    // Whoever holds C says that C' is its own, to S and nobody else.
    private bool IsVouched(CurvePublicKey client, ReadOnlySpan<byte> vouch)
    {
        Span<byte> nonce = stackalloc byte[CurveNonce.Length];
        CurveNonce.Join(nonce, CurveNonce.Vouch, vouch[..CurveNonce.LongLength]);
        using var vouchBox = new Curve25519XSalsa20Poly1305(_shortSecret, client.Bytes);
        Span<byte> vouched = stackalloc byte[KeyLength + KeyLength];
        return vouchBox.TryDecrypt(vouched, vouch[CurveNonce.LongLength..], nonce)
            && vouched[..KeyLength].SequenceEqual(_clientShort)
            && vouched[KeyLength..].SequenceEqual(server.PublicKey.Bytes);
    }

    private void SendReady(ReadOnlySpan<byte> metadata, IServerOutput output)
    {
        var ready = new byte[CurveNonce.ShortLength + TagLength + metadata.Length];
        Span<byte> nonce = stackalloc byte[CurveNonce.Length];
        CurveNonce.Join(nonce, CurveNonce.Ready, ++_nonce, ready);
        _box!.Encrypt(ready.AsSpan(CurveNonce.ShortLength), metadata, nonce);
        output.SendCommand(CommandNames.Ready, ready);
        IsReady = true;
        CryptographicOperations.ZeroMemory(_shortSecret);
    }
}
