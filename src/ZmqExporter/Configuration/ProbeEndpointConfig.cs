using System.Net;

namespace ZmqExporter.Configuration;

/// <summary>The <c>probe_endpoint</c> section.</summary>
internal sealed record ProbeEndpointConfig
{
    /// <value>What <c>/probe</c> may reach: whatever any one of the rules allows. Default nothing.</value>
    public EquatableArray<AllowRule> Allow { get; init; } = [];
}

/// <summary>Servers that <c>/probe</c> may reach: those for which everything holds that the rule says.</summary>
internal sealed record AllowRule
{
    /// <value>Names in lower case, <c>*.</c> and the end of names, addresses, and paths of Unix sockets; empty is any. Default any.</value>
    public EquatableArray<string> Hosts { get; init; } = [];

    /// <value>The networks of the addresses that are connected to; empty is any. Default any.</value>
    public EquatableArray<IPNetwork> Cidrs { get; init; } = [];

    /// <value>TCP ports; empty is any. Default any.</value>
    public EquatableArray<PortRange> Ports { get; init; } = [];

    /// <value>Whether <c>tcp://</c> is allowed. Default true.</value>
    public bool Tcp { get; init; } = true;

    /// <value>Whether <c>ipc://</c> is allowed. Default false.</value>
    public bool Ipc { get; init; }
}

/// <summary>TCP ports in a row, the first and the last one included.</summary>
internal readonly record struct PortRange(int First, int Last)
{
    /// <summary>Whether a port is one of them.</summary>
    public bool Contains(int port) => port >= First && port <= Last;
}
