using System.Buffers.Binary;
using System.Text;

namespace TestSupport.Peers;

/// <summary>What a server puts on the wire, written out by hand and not with the code under test.</summary>
internal static class PeerBytes
{
    public const byte More = 1;
    public const byte Long = 2;
    public const byte CommandFlag = 4;

    public static byte[] Greeting(string mechanism = "NULL", byte major = 3, byte minor = 1)
    {
        var bytes = new byte[64];
        bytes[0] = 0xFF;
        bytes[8] = 1; // the padding is not zero: libzmq writes the identity's length + 1
        bytes[9] = 0x7F;
        bytes[10] = major;
        bytes[11] = minor;
        Encoding.ASCII.GetBytes(mechanism, bytes.AsSpan(12));
        return bytes;
    }

    public static byte[] Frame(byte flags, ReadOnlySpan<byte> body)
    {
        if (body.Length <= 255 && (flags & Long) == 0)
        {
            return [flags, (byte)body.Length, .. body];
        }

        var header = new byte[9];
        header[0] = (byte)(flags | Long);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(1), (ulong)body.Length);
        return [.. header, .. body];
    }

    public static byte[] HeaderOf(byte flags, ulong length)
    {
        var header = new byte[9];
        header[0] = (byte)(flags | Long);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(1), length);
        return header;
    }

    public static byte[] Command(string name, params ReadOnlySpan<byte> data) =>
        Frame(CommandFlag, [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. data]);

    public static byte[] Property(string name, ReadOnlySpan<byte> value)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        return [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. length, .. value];
    }

    public static byte[] Ready(string socketType) => Command("READY", Property("Socket-Type", Encoding.ASCII.GetBytes(socketType)));

    public static byte[] Message(params ReadOnlySpan<string> frames)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < frames.Length; i++)
        {
            bytes.AddRange(Frame(i < frames.Length - 1 ? More : (byte)0, Encoding.UTF8.GetBytes(frames[i])));
        }

        return [.. bytes];
    }
}
