using System.Buffers;
using System.Buffers.Binary;

namespace ZmqExporter.Benchmarks.Feeds;

/// <summary>The message of <see cref="FeedForm"/> as MessagePack.</summary>
internal static class FeedPack
{
    private static readonly byte[] Head = [0x87, .. Text("type"), .. Text("trade"), .. Text("symbol"), .. Text("SYM-1"), .. Text("side"), .. Text("buy"), .. Text("seq"), 0xCF];

    public static int Write(Span<byte> target, ulong number, long unixMilliseconds)
    {
        Head.CopyTo(target);
        var at = Head.Length;
        BinaryPrimitives.WriteUInt64BigEndian(target[at..], number);
        at += sizeof(ulong);
        at += Copy(target[at..], [.. Text("ts"), 0xCF]);
        BinaryPrimitives.WriteInt64BigEndian(target[at..], unixMilliseconds);
        at += sizeof(long);
        at += Copy(target[at..], [.. Text("price"), 0xCB]);
        BinaryPrimitives.WriteDoubleBigEndian(target[at..], 97123.25);
        at += sizeof(double);
        return at + Copy(target[at..], [.. Text("depth"), 7]);
    }

    private static byte[] Text(string text) => [(byte)(0xA0 | text.Length), .. text.Select(c => (byte)c)];

    private static int Copy(Span<byte> target, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target);
        return bytes.Length;
    }
}
