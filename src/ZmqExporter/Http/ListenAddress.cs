using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;

namespace ZmqExporter.Http;

/// <summary>Where HTTP is served, in Prometheus' spelling: <c>:19555</c>, <c>127.0.0.1:0</c>, <c>[::1]:9</c>, <c>localhost:9</c>,
/// or <c>unix:/run/zmq_exporter.sock</c>. Immutable.</summary>
internal sealed record ListenAddress
{
    private const string Unix = "unix:";
    private const int LongestPath = 107; // sun_path of unix(7), less the zero at its end

    private readonly string _text;

    private ListenAddress(string text, IPAddress? address, bool isLocalhost, int port)
    {
        _text = text;
        Address = address;
        IsLocalhost = isLocalhost;
        Port = port;
    }

    /// <summary>The address, or null for every interface (or both loopback addresses, see <see cref="IsLocalhost"/>).</summary>
    public IPAddress? Address { get; }

    /// <summary>Both loopback addresses, IPv4 and IPv6.</summary>
    public bool IsLocalhost { get; }

    /// <summary>TCP port; 0 takes a free one.</summary>
    public int Port { get; }

    /// <value>The path of a Unix socket, or null for TCP.</value>
    public string? UnixPath { get; private init; }

    /// <summary>Parses a listen address.</summary>
    /// <param name="text">As typed.</param>
    /// <param name="address">The address, or null.</param>
    /// <param name="error">What is wrong and how to write it, or null.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenAddress? address, [NotNullWhen(false)] out string? error)
    {
        address = null;
        if (text.StartsWith(Unix, StringComparison.Ordinal))
        {
            return TryParseUnix(text, out address, out error);
        }

        var colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            error = $"\"{text}\" has no port; write :19555 or 127.0.0.1:19555";
            return false;
        }

        var host = text[..colon];
        var portText = text[(colon + 1)..];
        if (!int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort)
        {
            error = $"\"{portText}\" is not a port; write a number from 0 to 65535";
            return false;
        }

        if (!TryReadHost(host, out var ip, out var isLocalhost, out error))
        {
            return false;
        }

        if (isLocalhost && port == 0)
        {
            error = "localhost is two addresses, which cannot share one free port; write 127.0.0.1:0";
            return false;
        }

        address = new ListenAddress(text, ip, isLocalhost, port);
        return true;
    }

    /// <summary>As it was typed.</summary>
    public override string ToString() => _text;

    private static bool TryParseUnix(string text, [NotNullWhen(true)] out ListenAddress? address, [NotNullWhen(false)] out string? error)
    {
        address = null;
        var path = text[Unix.Length..];
        error = !Path.IsPathRooted(path) || path.EndsWith('/') ? $"\"{path}\" is not the full path of a socket; write unix:/run/zmq_exporter.sock"
            : Encoding.UTF8.GetByteCount(path) > LongestPath ? "the path of a Unix socket has at most 107 bytes; choose a shorter one"
            : null;
        if (error is null)
        {
            address = new ListenAddress(text, null, isLocalhost: false, port: 0) { UnixPath = path };
        }

        return error is null;
    }

    private static bool TryReadHost(string host, out IPAddress? ip, out bool isLocalhost, [NotNullWhen(false)] out string? error)
    {
        ip = null;
        error = null;
        isLocalhost = host == "localhost";
        if (host.Length == 0 || isLocalhost)
        {
            return true;
        }

        var bracketed = host is ['[', .., ']'];
        if (!bracketed && host.Contains(':', StringComparison.Ordinal))
        {
            error = "an IPv6 address must stand in brackets; write [::1]:19555";
            return false;
        }

        var inner = bracketed ? host[1..^1] : host;
        if (!IPAddress.TryParse(inner, out ip) || bracketed != inner.Contains(':', StringComparison.Ordinal))
        {
            error = $"\"{host}\" is not an IP address; write one, or localhost, or nothing for every interface";
            return false;
        }

        return true;
    }
}
