using System.Net;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.OnDemand;

/// <summary>What <c>/probe</c> may reach, as <c>probe_endpoint.allow</c> says. Immutable.</summary>
/// <param name="rules">Any one of them suffices.</param>
internal sealed class AllowList(EquatableArray<AllowRule> rules)
{
    private const string Localhost = "localhost";

    // Of its own host alone, of its link, or of a cloud's host, which a name is only allowed to lead to when the rule says so: a name is as
    // trustworthy as its name server.
    private static readonly IPNetwork[] Inside =
    [
        .. new[]
        {
            "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "fe80::/10", "ff00::/8",
            "fd00:ec2::/32", // AWS
            "100.100.100.200/32", // Alibaba Cloud
            "168.63.129.16/32", // Azure
            "192.0.0.192/32", // Oracle Cloud
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>Says of one endpoint which addresses its connections may go to.</summary>
    public AddressGate GateOf(ZmtpEndpoint endpoint) => new(endpoint, [.. rules.Where(rule => IsAbout(rule, endpoint))]);

    /// <summary>Whether a rule lets an endpoint connect to an address that it led to.</summary>
    /// <param name="rule">One that is about the endpoint.</param>
    /// <param name="endpoint">What was asked for.</param>
    /// <param name="address">What is connected to.</param>
    internal static bool Allows(AllowRule rule, ZmtpEndpoint endpoint, IPAddress address)
    {
        var reached = ReachedAddresses.Of(address);
        return !rule.Cidrs.IsEmpty ? reached.All(one => rule.Cidrs.Any(network => network.Contains(one)))
            : !endpoint.IsName || IsLocalhost(Name(endpoint)) || !reached.Any(one => Inside.Any(network => network.Contains(one)));
    }

    private static bool IsAbout(AllowRule rule, ZmtpEndpoint endpoint) => endpoint.SocketPath is not null
        ? rule.Ipc && (rule.Hosts.IsEmpty || rule.Hosts.Contains(endpoint.Host, StringComparer.Ordinal))
        : rule.Tcp
            && (rule.Ports.IsEmpty || rule.Ports.Any(ports => ports.Contains(endpoint.Port)))
            && (rule.Hosts.IsEmpty || rule.Hosts.Any(host => IsHost(host, endpoint)));

    private static bool IsHost(string host, ZmtpEndpoint endpoint)
    {
        if (endpoint.IsName)
        {
            var name = Name(endpoint);
            return host.StartsWith("*.", StringComparison.Ordinal)
                ? name.Length >= host.Length && name.EndsWith(host[1..], StringComparison.OrdinalIgnoreCase)
                : name.Equals(host, StringComparison.OrdinalIgnoreCase);
        }

        return endpoint.Address is { } address && IPAddress.TryParse(host, out var own) && own.Equals(ReachedAddresses.Of(address).First());
    }

    private static bool IsLocalhost(string name) => name.Equals(Localhost, StringComparison.OrdinalIgnoreCase)
        || name.EndsWith($".{Localhost}", StringComparison.OrdinalIgnoreCase); // RFC 6761, section 6.3

    private static string Name(ZmtpEndpoint endpoint) => endpoint.Host.TrimEnd('.');
}
