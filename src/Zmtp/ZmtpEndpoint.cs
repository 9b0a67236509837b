using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Zmtp;

/// <summary>Where a server listens: <c>tcp://host:port</c> with an IPv4 address, an IPv6 address in brackets or a DNS name. Immutable.</summary>
public sealed record ZmtpEndpoint
{
    private const string TcpScheme = "tcp://";
    private const int MaxNameLength = 253; // RFC 1035, section 2.3.4, as text without the root dot

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789.");

    private ZmtpEndpoint(string host, IPAddress? address, int port)
    {
        Host = host;
        Address = address;
        Port = port;
    }

    /// <summary>The name or address, without brackets.</summary>
    public string Host { get; }

    /// <summary>The address when <see cref="Host"/> is one, else null: the name is resolved at each connect.</summary>
    public IPAddress? Address { get; }

    /// <summary>TCP port, 1 to 65535.</summary>
    public int Port { get; }

    /// <summary>Parses an endpoint.</summary>
    /// <param name="text">The endpoint as libzmq spells it.</param>
    /// <param name="endpoint">The endpoint, or null.</param>
    /// <param name="error">What is wrong and how to write it, or null.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ZmtpEndpoint? endpoint, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        endpoint = null;
        if (!text.StartsWith(TcpScheme, StringComparison.Ordinal))
        {
            var scheme = text.IndexOf("://", StringComparison.Ordinal);
            error = scheme > 0
                ? $"the transport \"{text[..scheme]}\" cannot be probed; write tcp://host:port"
                : "an endpoint starts with its transport; write tcp://host:port";
            return false;
        }

        var rest = text.AsSpan(TcpScheme.Length);
        ReadOnlySpan<char> host;
        ReadOnlySpan<char> portText;
        IPAddress? address = null;
        if (rest.StartsWith("["))
        {
            var end = rest.IndexOf("]:");
            if (end < 0)
            {
                error = "an IPv6 address stands in brackets and a port follows; write tcp://[::1]:5555";
                return false;
            }

            host = rest[1..end];
            portText = rest[(end + 2)..];
            if (!IPAddress.TryParse(host, out address) || address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6)
            {
                error = $"\"{host}\" is not an IPv6 address; write tcp://[::1]:5555";
                return false;
            }
        }
        else
        {
            var colon = rest.LastIndexOf(':');
            if (colon < 0)
            {
                error = "the port is missing; write tcp://host:port";
                return false;
            }

            host = rest[..colon];
            portText = rest[(colon + 1)..];
            if (host.Contains(':'))
            {
                error = "an IPv6 address must stand in brackets; write tcp://[::1]:5555";
                return false;
            }

            if (!TryReadHost(host, out address, out error))
            {
                return false;
            }
        }

        if (!int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            error = $"\"{portText}\" is not a port; write a number from 1 to 65535";
            return false;
        }

        if (address is not null && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            error = "the wildcard address is for servers; write the address that clients connect to";
            return false;
        }

        endpoint = new ZmtpEndpoint(host.ToString(), address, port);
        error = null;
        return true;
    }

    /// <summary>The endpoint as it was written.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return string.Create(CultureInfo.InvariantCulture, $"{TcpScheme}{host}:{Port}");
    }

    private static bool TryReadHost(ReadOnlySpan<char> host, out IPAddress? address, [NotNullWhen(false)] out string? error)
    {
        address = null;
        if (host.IsEmpty)
        {
            error = "the host is missing; write tcp://host:port";
            return false;
        }

        if (host is "*")
        {
            error = "\"*\" is for servers; write the name or address that clients connect to";
            return false;
        }

        // Only digits and dots: an IPv4 address in full, because resolvers read "1.2" and "010.0.0.1" each in their own way.
        if (host.IndexOfAnyExcept(AddressCharacters) < 0)
        {
            if (!IPAddress.TryParse(host, out address) || !host.SequenceEqual(address.ToString()))
            {
                error = $"\"{host}\" is not an IPv4 address; write four numbers from 0 to 255";
                return false;
            }

            error = null;
            return true;
        }

        foreach (var c in host)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_'))
            {
                error = $"\"{host}\" is not a host name; use letters, digits, hyphens and dots";
                return false;
            }
        }

        if (host.Length > MaxNameLength)
        {
            error = "the host name is longer than 253 characters";
            return false;
        }

        error = null;
        return true;
    }
}
