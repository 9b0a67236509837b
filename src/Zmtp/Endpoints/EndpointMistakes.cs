using System.Net;

namespace Zmtp.Endpoints;

/// <summary>What people write instead of an endpoint, and what to tell them: "what is wrong; what to write".</summary>
internal static class EndpointMistakes
{
    private const string Forms = "write tcp://host:port or ipc:///path";
    private const string BindMore = "have the server bind a tcp:// or ipc:// endpoint as well, and write that one";
    private const string OneEach = "make a target of each";

    private static readonly char[] Separators = [',', ';', ' ', '\t', '\r', '\n'];

    /// <summary>White space around an endpoint, or several endpoints in one text; null when it is one.</summary>
    public static string? OfWhole(string text)
    {
        var parts = text.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        var whole = parts.Count(part => part.Contains("://", StringComparison.Ordinal));
        if (whole > 1)
        {
            return Several(whole);
        }

        // A path may contain any of the separators.
        if (text.StartsWith("ipc:", StringComparison.OrdinalIgnoreCase) || text is ['/' or '@', ..])
        {
            return null;
        }

        if (parts.Length < 2)
        {
            return parts.Length == 1 && text.AsSpan().Trim().Length < text.Length ? "there is white space around the endpoint; write it without" : null;
        }

        var isTcp = parts[0].StartsWith("tcp://", StringComparison.OrdinalIgnoreCase);
        if (whole == 1 && !isTcp)
        {
            return null; // pgm://interface;group:port and the like
        }

        var addresses = isTcp ? parts.Select((part, index) => index == 0 ? part["tcp://".Length..] : part) : parts;
        if (text.Contains(';', StringComparison.Ordinal))
        {
            return $"this is a list, or names a source address before the semicolon, which cannot be chosen here; write one tcp://host:port, and {OneEach} server";
        }

        return text.Contains(',', StringComparison.Ordinal) || addresses.All(part => part.Contains(':', StringComparison.Ordinal)) ? Several(parts.Length) : null;
    }

    /// <summary>A text that begins with neither <c>tcp://</c> nor <c>ipc://</c>.</summary>
    public static string OfTransport(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0)
        {
            return OfScheme(text[..scheme], text[(scheme + "://".Length)..]);
        }

        // tcp:/host:1, tcp:host:1, tcp//host:1 and the like.
        foreach (var known in (ReadOnlySpan<string>)["tcp", "ipc"])
        {
            if (text.StartsWith(known, StringComparison.OrdinalIgnoreCase) && text.Length > known.Length && text[known.Length] is ':' or '/')
            {
                var rest = text[known.Length..].TrimStart(':', '/');
                return $"a colon and two slashes follow the transport; {Written($"{known}://{(known == "ipc" && !rest.StartsWith('@') ? "/" : "")}{rest}")}";
            }
        }

        return $"an endpoint starts with its transport; {Written(text.Length > 0 && text[0] is '/' or '@' ? $"ipc://{text}" : $"tcp://{text}")}";
    }

    /// <summary>What stands between <c>tcp://</c> and the port and after it, where it is no address; null when there is nothing to say.</summary>
    public static string? OfTcp(ReadOnlySpan<char> rest)
    {
        // The value may be a secret, so it is not shown.
        if (rest.Contains('@') && !rest.StartsWith("["))
        {
            return "a user name and a password do not stand in an endpoint; write tcp://host:port, and the two under security with mechanism: plain";
        }

        if (rest.Contains("://", StringComparison.Ordinal))
        {
            return "there are two transports; write tcp://host:port";
        }

        if (rest.StartsWith("/"))
        {
            return $"there is a slash too many after the transport; {Written($"tcp://{rest.TrimStart('/')}")}";
        }

        var path = rest.IndexOfAny('/', '?', '#');
        return path >= 0 && rest.LastIndexOf(':') is >= 0 and var colon && colon < path
            ? $"nothing follows the port; {Written($"tcp://{rest[..path]}")}"
            : null;
    }

    /// <summary>What is no port.</summary>
    public static string OfPort(ReadOnlySpan<char> port)
    {
        var dash = port.IndexOf('-');
        return port is "" ? "the port is missing; write tcp://host:port"
            : port is "*" or "0" or "!" ? $"\"{port}\" is for servers, which then choose a port by themselves; write the port that the server has got"
            : dash > 0 && IsNumber(port[..dash]) && IsNumber(port[(dash + 1)..]) ? $"a target has one port, and \"{port}\" is a range; {OneEach}"
            : $"\"{port}\" is not a port; write a number from 1 to 65535";
    }

    /// <summary>Colons in front of the port: an IPv6 address without brackets, or one port too many.</summary>
    public static string OfColons(ReadOnlySpan<char> host, ReadOnlySpan<char> rest)
    {
        var zone = host.IndexOf('%');
        return IPAddress.TryParse(zone < 0 ? host : host[..zone], out _) || IPAddress.TryParse(rest, out _)
            ? "an IPv6 address must stand in brackets; write tcp://[::1]:5555"
            : "there is more than one port; write tcp://host:port";
    }

    /// <summary>An address to which no client can connect; null when it is another one.</summary>
    public static string? OfAddress(IPAddress address)
    {
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            return "the wildcard address is for servers, which then listen on all of their addresses; write one that clients connect to";
        }

        return address.IsIPv6Multicast || address.Equals(IPAddress.Broadcast) || (address.GetAddressBytes() is [>= 224 and <= 239, _, _, _])
            ? $"{address} is an address of many hosts, and TCP connects to one; write the server's own address"
            : null;
    }

    /// <summary>A name that is none.</summary>
    public static string OfName(ReadOnlySpan<char> host) => host.ContainsAnyExceptInRange('\0', '\x7f')
        ? $"\"{host}\" has letters beyond ASCII; write the name in its xn-- form"
        : $"\"{host}\" is not a host name; use letters, digits, hyphens and dots";

    /// <summary>A path of a Unix socket that is none.</summary>
    public static string OfPath(string path) => path switch
    {
        "*" => "\"ipc://*\" is for servers, which then choose a path by themselves; write the path that the server has got",
        _ when path.StartsWith('~') => "\"~\" is not replaced; write the whole path, such as ipc:///run/server.sock",
        _ => "a Unix socket needs its whole path, or @ and a name; write ipc:///run/server.sock or ipc://@server",
    };

    private static string Several(int count) => $"a target has one endpoint, and this is a list of {count}; {OneEach}";

    private static string OfScheme(string scheme, string rest)
    {
        var lower = scheme.ToLowerInvariant();
        return lower switch
        {
            "tcp" or "ipc" => $"a transport is written in lower case; {Written($"{lower}://{rest}")}",
            "inproc" => $"\"inproc\" reaches no further than the process itself; {BindMore}",
            "ws" or "wss" => $"the transport \"{scheme}\" cannot be probed; {BindMore}",
            "pgm" or "epgm" or "norm" => $"the transport \"{scheme}\" is multicast, and no server answers there; {BindMore}",
            "tls" or "ssl" or "https" => $"the transport \"{scheme}\" cannot be probed: ZeroMQ encrypts with CURVE, which stands under security; {Written($"tcp://{rest}")}",
            "http" or "zmq" or "zmtp" => $"\"{scheme}\" is no transport of ZeroMQ; {Written($"tcp://{rest}")}",
            "unix" => $"a Unix socket has the transport ipc; {Written($"ipc://{rest}")}",
            _ => $"the transport \"{scheme}\" cannot be probed; {Forms}",
        };
    }

    // The very endpoint that was meant, when that can be read.
    private static string Written(string meant) =>
        ZmtpEndpoint.TryParse(meant, out _, out _) ? $"write {meant}" : Forms;

    private static bool IsNumber(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');
}
