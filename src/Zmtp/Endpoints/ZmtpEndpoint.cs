using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Zmtp.Endpoints;

/// <summary>
/// Where a server listens: <c>tcp://host:port</c> with an IPv4 address, an IPv6 address in brackets or a DNS name;
/// <c>ipc:///path</c> or <c>ipc://@name</c>, a Unix socket in the file system or in Linux' abstract namespace. Immutable.
/// </summary>
public sealed record ZmtpEndpoint
{
    private const string TcpScheme = "tcp://";
    private const string IpcScheme = "ipc://";
    private const string IncomingScheme = "pushed:";
    private const int MaxPathLength = 107; // sun_path of unix(7), less the closing NUL
    private const int MaxNameLength = 253; // RFC 1035, section 2.3.4, as text without the root dot

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789.");

    private readonly IPAddress? _address; // without its zone

    private ZmtpEndpoint(string host, IPAddress? address, int port)
    {
        Host = host;
        _address = address;
        Port = port;
    }

    private ZmtpEndpoint(string path)
    {
        Host = path;
        SocketPath = new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path);
    }

    /// <summary>No place to connect to: a peer that connects to us.</summary>
    /// <param name="name">By which it is known; shown as <c>pushed:name</c>.</param>
    public static ZmtpEndpoint Incoming(string name) => new(name, address: null, port: 0) { IsIncoming = true };

    /// <summary>Whether there is no place to connect to: see <see cref="Incoming"/>.</summary>
    public bool IsIncoming { get; private init; }

    /// <summary>The name or address, without brackets and with its zone; of a Unix socket its path, with @ for the abstract namespace.</summary>
    public string Host { get; }

    /// <summary>The Unix socket of an ipc endpoint, else null.</summary>
    public UnixDomainSocketEndPoint? SocketPath { get; }

    /// <summary>Whether <see cref="Host"/> is a name that has to be resolved.</summary>
    public bool IsName => _address is null && SocketPath is null && !IsIncoming;

    /// <summary>
    /// The address when <see cref="Host"/> is one, else null: the name is resolved at each connect. The zone of an IPv6 address is
    /// looked up each time, because an interface gets another number when it comes back; without such an interface there is none.
    /// </summary>
    public IPAddress? Address => Host.Contains('%', StringComparison.Ordinal) && _address is not null ? IPAddress.Parse(Host) : _address;

    /// <summary>TCP port, 1 to 65535; 0 of a Unix socket.</summary>
    public int Port { get; }

    /// <summary>Parses an endpoint.</summary>
    /// <param name="text">The endpoint as libzmq spells it.</param>
    /// <param name="endpoint">The endpoint, or null.</param>
    /// <param name="error">What is wrong and how to write it, or null.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ZmtpEndpoint? endpoint, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        endpoint = null;
        error = EndpointMistakes.OfWhole(text);
        if (error is not null)
        {
            return false;
        }

        if (text.StartsWith(TcpScheme, StringComparison.Ordinal))
        {
            return TryParseTcp(text.AsSpan(TcpScheme.Length), out endpoint, out error);
        }

        if (text.StartsWith(IpcScheme, StringComparison.Ordinal))
        {
            return TryParseIpc(text[IpcScheme.Length..], out endpoint, out error);
        }

        error = EndpointMistakes.OfTransport(text);
        return false;
    }

    /// <summary>The endpoint as it was written.</summary>
    public override string ToString()
    {
        if (SocketPath is not null || IsIncoming)
        {
            return (IsIncoming ? IncomingScheme : IpcScheme) + Host;
        }

        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return string.Create(CultureInfo.InvariantCulture, $"{TcpScheme}{host}:{Port}");
    }

    private static bool TryParseIpc(string path, [NotNullWhen(true)] out ZmtpEndpoint? endpoint, [NotNullWhen(false)] out string? error)
    {
        endpoint = null;
        error =
            path.Length < 2 || path[0] is not ('/' or '@') ? EndpointMistakes.OfPath(path)
            : path.Contains('\0', StringComparison.Ordinal) ? "the path of a Unix socket has no NUL character; write ipc:///run/server.sock"
            : Encoding.UTF8.GetByteCount(path) > MaxPathLength ? $"the path of a Unix socket has at most {MaxPathLength} bytes; write a shorter one"
            : null;
        if (error is not null)
        {
            return false;
        }

        endpoint = new ZmtpEndpoint(path);
        return true;
    }

    private static bool TryParseTcp(ReadOnlySpan<char> rest, [NotNullWhen(true)] out ZmtpEndpoint? endpoint, [NotNullWhen(false)] out string? error)
    {
        endpoint = null;
        error = EndpointMistakes.OfTcp(rest);
        if (error is not null || !TrySplit(rest, out var host, out var portText, out var isBracketed, out error))
        {
            return false;
        }

        IPAddress? address;
        if (isBracketed ? !BracketedAddress.TryRead(host, portText, out address, out error) : !TryReadHost(host, out address, out error))
        {
            return false;
        }

        if (!int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            error = EndpointMistakes.OfPort(portText);
            return false;
        }

        error = address is null ? null : EndpointMistakes.OfAddress(address);
        if (error is not null)
        {
            return false;
        }

        endpoint = new ZmtpEndpoint(host.ToString(), address, port);
        return true;
    }

    private static bool TrySplit(
        ReadOnlySpan<char> rest, out ReadOnlySpan<char> host, out ReadOnlySpan<char> port, out bool isBracketed, [NotNullWhen(false)] out string? error)
    {
        host = default;
        port = default;
        isBracketed = rest.StartsWith("[");
        if (isBracketed)
        {
            var end = rest.IndexOf("]:");
            if (end < 0)
            {
                error = BracketedAddress.Unfinished(rest);
                return false;
            }

            host = rest[1..end];
            port = rest[(end + 2)..];
            error = null;
            return true;
        }

        var colon = rest.LastIndexOf(':');
        if (colon < 0)
        {
            error = "the port is missing; write tcp://host:port";
            return false;
        }

        host = rest[..colon];
        port = rest[(colon + 1)..];
        error = host.Contains(':') ? EndpointMistakes.OfColons(host, rest) : null;
        return error is null;
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
                error = EndpointMistakes.OfName(host);
                return false;
            }
        }

        if (host.Length > MaxNameLength)
        {
            error = "the host name is longer than 253 characters; write a shorter one, or an address";
            return false;
        }

        error = null;
        return true;
    }
}
