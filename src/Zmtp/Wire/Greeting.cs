using System.Buffers.Binary;
using System.Text;

namespace Zmtp.Wire;

/// <summary>
/// The 64-byte greeting (RFC 37, "The greeting"), sent and read in stages: a peer tells its mechanism before it has seen ours,
/// so a client that holds its own back can name a mismatch instead of being cut off.
/// </summary>
internal static class Greeting
{
    public const int Length = 64;

    /// <summary>Signature and major version: what a client sends first.</summary>
    public const int FirstPartLength = 11;

    private const int SignatureLength = 10;
    private const int MechanismOffset = 12;
    private const int MechanismLength = 20;
    private const int AsServerOffset = MechanismOffset + MechanismLength;

    // Nobody looks at the padding, and no library writes this: libzmq and NetMQ write the length of their identity plus one, so at most 256,
    // others write zeros. So a greeting that is ours to the last byte is our own, sent back. It must stay small: to a peer of ZMTP 1.0 the
    // padding is the length of a frame.
    private const ushort Padding = 346;

    /// <summary>Writes the whole greeting of a 3.1 client.</summary>
    public static void Write(Span<byte> greeting, string mechanism)
    {
        greeting[..Length].Clear();
        greeting[0] = 0xFF;
        BinaryPrimitives.WriteUInt16BigEndian(greeting[7..], Padding);
        greeting[9] = 0x7F;
        greeting[10] = 3;
        greeting[11] = 1;
        Encoding.ASCII.GetBytes(mechanism, greeting.Slice(MechanismOffset, MechanismLength));
    }

    /// <summary>Writes the whole greeting of a 3.1 server: not that of a client to the last byte, so that our own client does not take us for an echo.</summary>
    public static void WriteServer(Span<byte> greeting, string mechanism)
    {
        Write(greeting, mechanism);
        BinaryPrimitives.WriteUInt16BigEndian(greeting[7..], 1); // as libzmq does
        greeting[AsServerOffset] = mechanism == "NULL" ? (byte)0 : (byte)1;
    }

    /// <summary>Judges the bytes that have come so far.</summary>
    /// <returns>Why no handshake can follow, or null while nothing speaks against it.</returns>
    public static ZmtpError? Check(ReadOnlySpan<byte> received)
    {
        if (received.IsEmpty)
        {
            return null;
        }

        if (received[0] != 0xFF)
        {
            return CheckUnversioned(received);
        }

        if (received.Length >= SignatureLength && received[9] != 0x7F)
        {
            // ZMTP 1.0 would write a long length here, and its longest first frame is an identity of 255 bytes.
            var isVersion1 = (received[9] & 1) == 0 && received[1..7].IndexOfAnyExcept((byte)0) < 0;
            return isVersion1 ? OldVersion("1.0") : NotZmtp(received);
        }

        if (received.Length < FirstPartLength)
        {
            return null;
        }

        return received[10] switch
        {
            0 => OldVersion("1.0"),
            1 => OldVersion("2.0"),
            2 => OldVersion("2.x"),
            _ => null,
        };
    }

    /// <summary>The mechanism's name out of a whole greeting.</summary>
    /// <returns>False when it is not a NUL-padded name of RFC 37's characters.</returns>
    public static bool TryReadMechanism(ReadOnlySpan<byte> greeting, out string mechanism)
    {
        var name = greeting.Slice(MechanismOffset, MechanismLength).TrimEnd((byte)0);
        mechanism = Encoding.ASCII.GetString(name);
        foreach (var b in name)
        {
            if (!char.IsAsciiLetterUpper((char)b) && !char.IsAsciiDigit((char)b) && b is not ((byte)'-' or (byte)'_' or (byte)'.' or (byte)'+'))
            {
                return false;
            }
        }

        return !name.IsEmpty;
    }

    private static ZmtpError? CheckUnversioned(ReadOnlySpan<byte> received)
    {
        // ZMTP 1.0 starts with an identity frame: its length (at least 1, for the flags) and flags of zero.
        if (received.Length == 1)
        {
            return null;
        }

        return received[0] >= 1 && received[1] == 0 ? OldVersion("1.0") : NotZmtp(received);
    }

    private static ZmtpError OldVersion(string version) => new(
        ZmtpErrorCode.Version,
        $"the peer speaks ZMTP {version}; 3.0 or newer (libzmq 4 or newer) is needed")
    {
        PeerVersion = version,
    };

    private static ZmtpError NotZmtp(ReadOnlySpan<byte> received) => new(
        ZmtpErrorCode.NotZmtp,
        $"the peer does not speak ZMTP: it sent {Excerpt.Of(received)}{Guess(received)}");

    private static string Guess(ReadOnlySpan<byte> received)
    {
        if (received.StartsWith("HTTP/"u8) || received.StartsWith("<"u8))
        {
            return ", which looks like an HTTP server";
        }

        if (received.StartsWith("SSH-"u8))
        {
            return ", which looks like an SSH server";
        }

        if (received.StartsWith("-ERR"u8))
        {
            return ", which looks like Redis";
        }

        // A record of TLS: an alert or a part of the handshake, and the major version, which is 3 from SSL 3.0 to TLS 1.3.
        return received is [0x15 or 0x16, 3, ..] ? ", which looks like TLS" : "";
    }
}
