using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Reads the <c>hosts</c> of what <c>/probe</c> may reach.</summary>
internal static class AllowedHosts
{
    private const string Remedy = "write a name such as orders.internal or *.internal, an address, or the path of a Unix socket";
    private const string AnyNamePrefix = "*.";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-._");

    /// <summary>Whether a host is a Unix socket.</summary>
    public static bool IsPath(string host) => host[0] is '/' or '@';

    /// <summary>Reads one; none after an error.</summary>
    public static ImmutableArray<string> Read(ConfigValue value)
    {
        if (value.ReadText(Remedy) is not { } text)
        {
            return [];
        }

        if (text.Length > 1 && IsPath(text))
        {
            return [text];
        }

        if (AllowedNetworks.TryReadAddress(text, out var address))
        {
            return [(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()];
        }

        var host = text.ToLowerInvariant();
        var name = host.StartsWith(AnyNamePrefix, StringComparison.Ordinal) ? host[AnyNamePrefix.Length..] : host;
        if (name is "" or "." or "*" || name.AsSpan().ContainsAnyExcept(NameCharacters) || IPAddress.TryParse(name, out _))
        {
            value.Error(
                $"{value.Shown} is no host",
                text == "*" ? "name the hosts; cidrs: [0.0.0.0/0] allows every IPv4 address"
                : text.Contains("://", StringComparison.Ordinal) || text.LastIndexOf(':') > 0 ? "write the host alone: transports stand under schemes, and ports under ports"
                : Remedy);
            return [];
        }

        return [host.TrimEnd('.')];
    }
}
