using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.OnDemand;

/// <summary>Which addresses a connection may end at: an IPv6 address can carry an IPv4 one, at which a translator or a tunnel delivers it.</summary>
internal static class ReachedAddresses
{
    private const int IPv4Length = 4;
    private const int TeredoServer = 4; // RFC 4380, section 4
    private const int IsatapMark = 8; // RFC 5214, section 6.1

    /// <summary>The addresses: at least one, the address itself first unless the kernel takes it for another one.</summary>
    public static IEnumerable<IPAddress> Of(IPAddress address)
    {
        var bytes = address.GetAddressBytes(); // without a zone: it says by which interface, not where to
        if (address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6)
        {
            var plain = new IPAddress(bytes.AsSpan(^IPv4Length..));
            return plain.Equals(IPAddress.Any) ? [plain, IPAddress.Loopback] : [plain]; // Linux connects to itself
        }

        var own = new IPAddress(bytes);
        return own.Equals(IPAddress.IPv6Any) ? [own, IPAddress.IPv6Loopback] : own.Equals(IPAddress.IPv6Loopback) ? [own] : [own, .. Carried(bytes)];
    }

    private static IEnumerable<IPAddress> Carried(byte[] bytes)
    {
        if (IsIn(bytes, "2002::", 16))
        {
            yield return At(bytes, 2); // 6to4, RFC 3056
        }

        if (IsIn(bytes, "2001::", 32))
        {
            yield return At(bytes, TeredoServer);
            yield return new IPAddress([.. bytes.AsSpan(^IPv4Length..).ToArray().Select(part => (byte)~part)]); // the client is written inverted
        }

        // NAT64 (RFC 6052 and 8215), IPv4-compatible (RFC 4291), IPv4-translated (RFC 2765), ISATAP
        if (IsIn(bytes, "64:ff9b::", 96) || IsIn(bytes, "64:ff9b:1::", 48) || IsIn(bytes, "::", 96) || IsIn(bytes, "::ffff:0:0:0", 96)
            || bytes.AsSpan(IsatapMark, IPv4Length) is [0 or 2, 0, 0x5e, 0xfe])
        {
            yield return At(bytes, bytes.Length - IPv4Length);
        }

        // That prefix is long enough for translators whose own is shorter than 96 bits; byte 8 is 0 then (RFC 6052, section 2.2).
        if (IsIn(bytes, "64:ff9b:1::", 48) && bytes.AsSpan(6, 6).ContainsAnyExcept((byte)0))
        {
            yield return new IPAddress([bytes[6], bytes[7], bytes[9], bytes[10]]);
            yield return new IPAddress([bytes[7], bytes[9], bytes[10], bytes[11]]);
            yield return At(bytes, 9);
        }
    }

    private static bool IsIn(byte[] address, string network, int bits) => address.AsSpan(0, bits / 8).SequenceEqual(IPAddress.Parse(network).GetAddressBytes().AsSpan(0, bits / 8));

    private static IPAddress At(byte[] bytes, int start) => new(bytes.AsSpan(start, IPv4Length));
}
