using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NaCl;

namespace Zmtp.Security;

/// <summary>A public key of CURVE (RFC 26). Immutable; equal to any other of the same bytes.</summary>
public sealed class CurvePublicKey : IEquatable<CurvePublicKey>
{
    /// <summary>Length of a key, public or secret, in bytes.</summary>
    public const int Length = 32;

    /// <summary>Length of a key, public or secret, in Z85.</summary>
    public const int TextLength = 40;

    private readonly byte[] _bytes;
    private readonly string _text;

    internal CurvePublicKey(byte[] bytes)
    {
        _bytes = bytes;
        _text = Z85.Encode(bytes);
    }

    /// <summary>The key itself.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Reads a key in Z85.</summary>
    /// <param name="text">40 characters.</param>
    /// <param name="key">The key, or null.</param>
    /// <param name="problem">What is wrong, in words that fit after a name of the text, and that show nothing of it.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out CurvePublicKey? key, [NotNullWhen(false)] out string? problem)
    {
        key = null;
        if (!TryDecode(text, out var bytes, out problem))
        {
            return false;
        }

        // With such a point every pair of keys agrees on the same secret, which is no secret then.
        Span<byte> shared = stackalloc byte[Length];
        Span<byte> any = stackalloc byte[Length];
        any[0] = 1;
        Curve25519.ScalarMultiplication(shared, any, bytes);
        if (shared.IndexOfAnyExcept((byte)0) < 0)
        {
            problem = "belongs to no key pair: with it, nothing would be encrypted";
            return false;
        }

        key = new CurvePublicKey(bytes);
        return true;
    }

    /// <inheritdoc />
    public bool Equals(CurvePublicKey? other) => other is not null && _text == other._text;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as CurvePublicKey);

    /// <inheritdoc />
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The key in Z85.</summary>
    public override string ToString() => _text;

    /// <summary>Decodes any key of CURVE; the problem shows nothing of it, since it may be a secret one.</summary>
    internal static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes, [NotNullWhen(false)] out string? problem)
    {
        bytes = new byte[Length];
        problem = null;
        if (text.Length != TextLength)
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"has {text.Length} characters, and a CURVE key in Z85 has {TextLength}");
        }
        else if (!Z85.TryDecode(text, bytes, out var badCharacter))
        {
            problem = badCharacter >= 0
                ? string.Create(CultureInfo.InvariantCulture, $"is not Z85: character {badCharacter + 1} is none of its alphabet")
                : "is not Z85: five of its characters stand for more than 32 bits";
        }

        if (problem is null)
        {
            return true;
        }

        bytes = null;
        return false;
    }
}
