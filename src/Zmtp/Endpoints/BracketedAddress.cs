using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Zmtp.Endpoints;

/// <summary>What stands in the brackets of <c>tcp://[fe80::1%eth0]:5555</c>: an IPv6 address with or without a zone (RFC 4007).</summary>
internal static class BracketedAddress
{
    /// <summary>Reads the address.</summary>
    /// <param name="text">The inside of the brackets.</param>
    /// <param name="port">What follows them, for messages.</param>
    /// <param name="address">The address without its zone.</param>
    /// <param name="error">What is wrong and how to write it, or null.</param>
    public static bool TryRead(
        ReadOnlySpan<char> text, ReadOnlySpan<char> port, [NotNullWhen(true)] out IPAddress? address, [NotNullWhen(false)] out string? error)
    {
        var percent = text.IndexOf('%');
        var plain = percent < 0 ? text : text[..percent];
        if (plain.StartsWith("[") || !IPAddress.TryParse(plain, out address) || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            address = null;
            error = $"\"{text}\" is not an IPv6 address; write tcp://[::1]:5555";
            return false;
        }

        // Every interface has the same fe80::/64: without a zone, the kernel cannot choose one and refuses to connect.
        error = percent >= 0 ? OfZone(text[(percent + 1)..], address, port)
            : address.IsIPv6LinkLocal
                ? $"{address} is a link-local address and lacks its zone, which is the interface of this host that leads there; write tcp://[{address}%eth0]:{port}, with its name for eth0"
            : null;
        return error is null;
    }

    /// <summary>What is wrong with brackets that no port follows.</summary>
    public static string Unfinished(ReadOnlySpan<char> rest) => rest.IndexOf("]%") >= 0
        ? "the zone stands inside the brackets; write tcp://[fe80::1%eth0]:5555"
        : "an IPv6 address stands in brackets and a port follows; write tcp://[::1]:5555";

    private static string? OfZone(ReadOnlySpan<char> zone, IPAddress address, ReadOnlySpan<char> port)
    {
        foreach (var c in zone)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_'))
            {
                zone = default;
                break;
            }
        }

        // As URLs have it (RFC 6874); an endpoint is none.
        return zone.Length > "25".Length && zone.StartsWith("25") && !char.IsAsciiDigit(zone[2])
            ? $"the zone stands behind % alone, without 25; write tcp://[{address}%{zone[2..]}]:{port}"
            : zone.IsEmpty ? $"after the % stands the zone, an interface of this host; write tcp://[{address}%eth0]:{port}, with its name for eth0"
            : null;
    }
}
