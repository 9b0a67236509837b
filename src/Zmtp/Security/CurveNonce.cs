using System.Buffers.Binary;

namespace Zmtp.Security;

/// <summary>The nonces of RFC 26: a prefix that says which message it is, and a counter of 8 bytes or 16 random ones.</summary>
internal static class CurveNonce
{
    /// <summary>Length of a whole nonce.</summary>
    public const int Length = 24;

    /// <summary>Length of the part that travels, when that is a counter.</summary>
    public const int ShortLength = 8;

    /// <summary>Length of the part that travels, when that is random.</summary>
    public const int LongLength = 16;

    public static ReadOnlySpan<byte> Hello => "CurveZMQHELLO---"u8;

    public static ReadOnlySpan<byte> Welcome => "WELCOME-"u8;

    public static ReadOnlySpan<byte> Vouch => "VOUCH---"u8;

    public static ReadOnlySpan<byte> Initiate => "CurveZMQINITIATE"u8;

    public static ReadOnlySpan<byte> Ready => "CurveZMQREADY---"u8;

    public static ReadOnlySpan<byte> MessageFromClient => "CurveZMQMESSAGEC"u8;

    public static ReadOnlySpan<byte> MessageFromServer => "CurveZMQMESSAGES"u8;

    /// <summary>Puts a nonce together from a prefix and what travels.</summary>
    public static void Join(Span<byte> nonce, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> rest)
    {
        prefix.CopyTo(nonce);
        rest.CopyTo(nonce[prefix.Length..]);
    }

    /// <summary>Puts a nonce together from a prefix and a counter, and writes the counter where it travels.</summary>
    public static void Join(Span<byte> nonce, ReadOnlySpan<byte> prefix, ulong counter, Span<byte> wire)
    {
        BinaryPrimitives.WriteUInt64BigEndian(wire, counter);
        Join(nonce, prefix, wire[..ShortLength]);
    }
}
