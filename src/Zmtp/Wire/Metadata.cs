using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Zmtp.Wire;

/// <summary>READY's properties (RFC 37, "Metadata": name length, name, value length in four bytes, value).</summary>
internal static class Metadata
{
    public const string SocketTypeName = "Socket-Type";

    private const int MaxProperties = 64;
    private const int ValueLengthSize = 4;
    private const int MaxValueShown = 256; // an identity has at most 255 bytes; this text ends up in labels and logs

    /// <summary>Our properties: the socket type, and the identity, which libzmq sends too when it is empty.</summary>
    public static byte[] ForClient(SocketType type, ReadOnlySpan<byte> routingId = default)
    {
        var bytes = new List<byte>(48);
        Append(bytes, SocketTypeName, Encoding.ASCII.GetBytes(SocketTypes.Name(type)));
        Append(bytes, "Identity", routingId);
        return [.. bytes];
    }

    /// <summary>Reads a peer's properties; all text is escaped and cut after 256 bytes.</summary>
    /// <returns>False when a length does not fit, or there are too many.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out ImmutableSortedDictionary<string, string> properties)
    {
        // Names are case-insensitive (RFC 37).
        var result = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        properties = ImmutableSortedDictionary<string, string>.Empty;
        while (!bytes.IsEmpty)
        {
            int nameLength = bytes[0];
            if (nameLength == 0 || bytes.Length < 1 + nameLength + ValueLengthSize || result.Count == MaxProperties)
            {
                return false;
            }

            var name = bytes.Slice(1, nameLength);
            var valueLength = BinaryPrimitives.ReadUInt32BigEndian(bytes[(1 + nameLength)..]);
            bytes = bytes[(1 + nameLength + ValueLengthSize)..];
            if (valueLength > bytes.Length)
            {
                return false;
            }

            var value = bytes[..(int)valueLength];
            result[Excerpt.Escape(name)] = value.Length <= MaxValueShown ? Excerpt.Escape(value) : Excerpt.Escape(value[..MaxValueShown]) + "…";
            bytes = bytes[(int)valueLength..];
        }

        properties = result.ToImmutable();
        return true;
    }

    private static void Append(List<byte> bytes, string name, ReadOnlySpan<byte> value)
    {
        bytes.Add((byte)name.Length);
        bytes.AddRange(Encoding.ASCII.GetBytes(name));
        Span<byte> length = stackalloc byte[ValueLengthSize];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        bytes.AddRange(length);
        bytes.AddRange(value);
    }
}
