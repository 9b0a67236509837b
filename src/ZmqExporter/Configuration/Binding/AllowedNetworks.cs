using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Reads the <c>cidrs</c> and <c>ports</c> of what <c>/probe</c> may reach.</summary>
internal static class AllowedNetworks
{
    private const string NetworkRemedy = "write a network such as 10.0.0.0/8 or \"2001:db8::/32\", or an address";
    private const string PortRemedy = "write a port from 1 to 65535, or a range such as 5550-5560";

    /// <summary>Reads an address in its usual form: a spelling that people read otherwise than the system does is none.</summary>
    public static bool TryReadAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (IPAddress.TryParse(text, out address)
            && (address.AddressFamily == AddressFamily.InterNetwork ? address.ToString() == text : text.AsSpan().IndexOfAny("[]%") < 0))
        {
            return true;
        }

        address = null;
        return false;
    }

    /// <summary>Reads a network, or an address as the network of itself; none after an error.</summary>
    public static ImmutableArray<IPNetwork> ReadNetwork(ConfigValue value)
    {
        if (value.ReadText(NetworkRemedy) is not { } text)
        {
            return [];
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryReadAddress(slash < 0 ? text : text[..slash], out var address) || !TryReadLength(slash < 0 ? null : text[(slash + 1)..], address, out var length))
        {
            value.Error($"{value.Shown} is no network", NetworkRemedy);
            return [];
        }

        if (address.IsIPv4MappedToIPv6)
        {
            value.Error($"{value.Shown} is an IPv4 network that is written as an IPv6 one", "write the IPv4 network, which holds for both spellings");
            return [];
        }

        var network = Masked(address, length);
        if (!network.BaseAddress.Equals(address))
        {
            value.Error($"{value.Shown} has bits beyond its prefix", $"write {network}, or {address} for the one address");
            return [];
        }

        return [network];
    }

    /// <summary>Reads a port or a range of ports; none after an error.</summary>
    public static ImmutableArray<PortRange> ReadPorts(ConfigValue value)
    {
        if (value.ReadText(PortRemedy) is not { } text)
        {
            return [];
        }

        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (TryReadPort(dash < 0 ? text : text[..dash], out var first) && TryReadPort(dash < 0 ? text : text[(dash + 1)..], out var last) && first <= last)
        {
            return [new PortRange(first, last)];
        }

        value.Error($"{value.Shown} is no port", PortRemedy);
        return [];
    }

    private static bool TryReadPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue;

    private static bool TryReadLength(string? text, IPAddress address, out int length)
    {
        var bits = address.GetAddressBytes().Length * 8;
        length = bits;
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= bits);
    }

    private static IPNetwork Masked(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }
}
