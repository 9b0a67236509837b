using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using NaCl;

namespace Zmtp.Security;

/// <summary>
/// A permanent key pair of CURVE (RFC 26). Immutable; equal to any other of the same keys. <see cref="ToString"/> shows the public key only.
/// </summary>
public sealed class CurveKeyPair : IEquatable<CurveKeyPair>
{
    private readonly byte[] _secret;

    private CurveKeyPair(byte[] secret)
    {
        _secret = secret;
        PublicKey = new CurvePublicKey(DerivePublic(secret));
    }

    /// <summary>The half that servers may know.</summary>
    public CurvePublicKey PublicKey { get; }

    /// <summary>The half that nobody may know.</summary>
    internal ReadOnlySpan<byte> Secret => _secret;

    /// <summary>Makes a pair from the system's random numbers.</summary>
    public static CurveKeyPair Generate() => new(RandomNumberGenerator.GetBytes(CurvePublicKey.Length));

    /// <summary>Reads a secret key in Z85 and derives the public one.</summary>
    /// <param name="secretKey">40 characters.</param>
    /// <param name="pair">The pair, or null.</param>
    /// <param name="problem">What is wrong, in words that fit after a name of the text, and that show nothing of it.</param>
    public static bool TryParse(string secretKey, [NotNullWhen(true)] out CurveKeyPair? pair, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(secretKey);
        pair = CurvePublicKey.TryDecode(secretKey, out var bytes, out problem) ? new CurveKeyPair(bytes) : null;
        return pair is not null;
    }

    /// <summary>The secret key in Z85, for the one who asked for a new pair and for nobody else.</summary>
    public string ExportSecretKey() => Z85.Encode(_secret);

    /// <inheritdoc />
    public bool Equals(CurveKeyPair? other) => other is not null && PublicKey.Equals(other.PublicKey);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as CurveKeyPair);

    /// <inheritdoc />
    public override int GetHashCode() => PublicKey.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => $"public key {PublicKey}";

    /// <summary>The public key that belongs to a secret one.</summary>
    internal static byte[] DerivePublic(ReadOnlySpan<byte> secret)
    {
        Span<byte> copy = stackalloc byte[CurvePublicKey.Length]; // the library may write to it
        secret.CopyTo(copy);
        var result = new byte[CurvePublicKey.Length];
        Curve25519.ScalarMultiplicationBase(result, copy);
        CryptographicOperations.ZeroMemory(copy);
        return result;
    }
}
