using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Zmtp.Endpoints;

/// <summary>
/// Where to listen: <c>tcp://*:port</c> for every interface, <c>tcp://address:port</c> (port 0 takes a free one), <c>ipc:///path</c> or
/// <c>ipc://@name</c>. Immutable.
/// </summary>
public sealed record ListenEndpoint
{
    private const string TcpScheme = "tcp://";
    private const string Example = "write tcp://*:19556 or tcp://127.0.0.1:19556";

    private readonly string _text;

    private ListenEndpoint(string text) => _text = text;

    /// <summary>The address; null for every interface, and of a Unix socket.</summary>
    public IPAddress? Address { get; private init; }

    /// <summary>TCP port; 0 takes a free one.</summary>
    public int Port { get; private init; }

    /// <summary>The Unix socket, or null.</summary>
    public UnixDomainSocketEndPoint? SocketPath { get; private init; }

    /// <summary>The file of the Unix socket; null for TCP and for Linux' abstract namespace.</summary>
    public string? File { get; private init; }

    /// <summary>Whether only this host can connect.</summary>
    public bool IsLocal => SocketPath is not null || (Address is not null && IPAddress.IsLoopback(Address));

    /// <summary>Parses one.</summary>
    /// <param name="text">As libzmq spells what it binds.</param>
    /// <param name="endpoint">The endpoint, or null.</param>
    /// <param name="error">What is wrong and how to write it, or null.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenEndpoint? endpoint, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        endpoint = null;
        if (text.StartsWith("ipc://", StringComparison.Ordinal))
        {
            if (ZmtpEndpoint.TryParse(text, out var unix, out error))
            {
                endpoint = new ListenEndpoint(text) { SocketPath = unix.SocketPath, File = unix.Host[0] == '@' ? null : unix.Host };
            }

            return endpoint is not null;
        }

        if (!text.StartsWith(TcpScheme, StringComparison.Ordinal))
        {
            error = $"\"{text}\" has no transport that can be listened on; {Example}, or ipc:///run/zmq_exporter/heartbeats.sock";
            return false;
        }

        var rest = text[TcpScheme.Length..];
        var colon = rest.LastIndexOf(':');
        var host = colon < 0 ? "" : rest[..colon];
        if (colon < 0 || !int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort)
        {
            error = $"\"{text}\" has no port from 0 to 65535; {Example}";
            return false;
        }

        IPAddress? address = null;
        var isBracketed = host is ['[', .., ']'];
        if (host != "*" && (!IPAddress.TryParse(isBracketed ? host[1..^1] : host, out address) || isBracketed != host.Contains(':', StringComparison.Ordinal)))
        {
            error = $"\"{host}\" is neither * nor an IP address (IPv6 in brackets); {Example}";
            return false;
        }

        endpoint = new ListenEndpoint(text) { Address = address, Port = port };
        error = null;
        return true;
    }

    /// <summary>As it was written.</summary>
    public override string ToString() => _text;
}
