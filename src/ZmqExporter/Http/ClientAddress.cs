using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.Http;

/// <summary>Who counts as one client: an IPv4 address, or the IPv6 network of 64 bits that one host can take any address from.</summary>
internal readonly record struct ClientAddress
{
    private const int NetworkBytes = 8;

    private readonly IPAddress? _address;
    private readonly bool _isNetwork;

    private ClientAddress(IPAddress? address, bool isNetwork = false)
    {
        _address = address;
        _isNetwork = isNetwork;
    }

    /// <summary>The client behind an address; null is a client without one, such as a Unix socket's.</summary>
    public static ClientAddress Of(IPAddress? address)
    {
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6 })
        {
            return new ClientAddress(address);
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return new ClientAddress(address.MapToIPv4()); // a socket that listens to both families shows IPv4 clients like this
        }

        if (address.IsIPv6LinkLocal || IPAddress.IsLoopback(address))
        {
            return new ClientAddress(address); // those share their network with every neighbour
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new ClientAddress(new IPAddress(bytes), isNetwork: true);
    }

    /// <inheritdoc />
    public override string ToString() => _address is null ? "local" : _isNetwork ? $"{_address}/64" : _address.ToString();
}
