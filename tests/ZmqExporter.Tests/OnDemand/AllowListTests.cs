using System.Net;
using System.Net.Sockets;
using ZmqExporter.OnDemand;
using ZmqExporter.Tests.Configuration;
using Zmtp;

namespace ZmqExporter.Tests.OnDemand;

/// <summary>What gets through <c>probe_endpoint.allow</c>, asked about the addresses that are connected to.</summary>
public sealed class AllowListTests
{
    [Fact]
    public void GateOf_NoRules_IsShutForEverything()
    {
        Assert.True(Gate("", "tcp://10.0.0.1:5555")!.IsShut);
        Assert.True(Gate("", "tcp://orders.internal:5555")!.IsShut);
        Assert.True(Gate("", "ipc:///run/server.sock")!.IsShut);
    }

    // What other exporters' lists were got around with: every way to say an address that the rules do not have.
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")] // Linux connects to itself
    [InlineData("169.254.169.254")]
    [InlineData("10.0.0.1")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:7f00:1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::10.0.0.1")]
    [InlineData("64:ff9b:1:a00:0:100:c000:0207")] // 10.0.0.1 behind a prefix of 48 bits, and 192.0.2.7 at the end
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2001:0:7f00:1::")] // Teredo, its server
    [InlineData("2001:0:c000:201:0:0:80ff:fffe")] // Teredo, its client: 127.0.0.1 inverted
    [InlineData("2001:db8::5efe:10.0.0.1")]
    [InlineData("2001:db8::200:5efe:127.0.0.1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fd00:ec2::254")]
    public void MayConnect_AddressOutsideOfTheNetworks_IsRefusedHoweverItIsWritten(string address)
    {
        // As wide as IPv6 gets, but for what is not public; of IPv4, documentation's networks.
        const string Rule = "cidrs: ['2000::/3', '64:ff9b::/96', '64:ff9b:1::/48', 192.0.2.0/24, 203.0.113.0/24]";

        Assert.False(MayConnect(Rule, "tcp://name.example:5555", address));
        Assert.True(Gate(Rule, $"tcp://{Written(address)}:5555") is null or { IsShut: true });
    }

    [Theory]
    [InlineData("192.0.2.7", true)]
    [InlineData("::ffff:192.0.2.7", true)]
    [InlineData("64:ff9b::192.0.2.7", true)]
    [InlineData("2002:c000:207::1", true)]
    [InlineData("2001:db8::7", true)]
    [InlineData("2001:db8::7%3", true)]
    [InlineData("192.0.3.7", false)]
    [InlineData("64:ff9b::192.0.3.7", false)]
    public void MayConnect_AddressInTheNetworks_IsWhatItCarries(string address, bool allowed) =>
        Assert.Equal(allowed, MayConnect("cidrs: ['2000::/3', '64:ff9b::/96', 192.0.2.0/24]", "tcp://name.example:5555", address));

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("64:ff9b::169.254.169.254", false)]
    [InlineData("::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00:ec2::254", false)] // the metadata of clouds beyond 169.254.169.254
    [InlineData("100.100.100.200", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("192.0.0.192", false)]
    public void MayConnect_NameThatIsAllowedWithoutNetworks_LeadsToNoAddressOfTheHostItself(string address, bool allowed) =>
        Assert.Equal(allowed, MayConnect("hosts: [orders.internal]", "tcp://orders.internal:5555", address));

    [Theory]
    [InlineData("localhost")]
    [InlineData("orders.localhost")]
    public void MayConnect_Localhost_LeadsThere(string name) =>
        Assert.True(MayConnect("hosts: [localhost, '*.localhost']", $"tcp://{name}:5555", "127.0.0.1"));

    [Theory]
    [InlineData("orders.internal", true)]
    [InlineData("ORDERS.internal", true)]
    [InlineData("orders.internal.", true)]
    [InlineData("a.quotes.internal", true)]
    [InlineData("a.b.quotes.internal", true)]
    [InlineData("quotes.internal", false)]
    [InlineData("evilquotes.internal", false)]
    [InlineData("orders.internal.example", false)]
    [InlineData("orders", false)]
    [InlineData("10.0.0.9", true)]
    [InlineData("[::ffff:10.0.0.9]", true)]
    [InlineData("10.0.0.8", false)]
    public void GateOf_Hosts_AreThoseOfTheRuleAndNoneIsLookedUpBeside(string host, bool allowed) =>
        Assert.Equal(!allowed, Gate("hosts: [Orders.internal, '*.quotes.internal', 10.0.0.9]", $"tcp://{host}:5555")!.IsShut);

    // A name within hosts that leads elsewhere, and another name that leads into the network.
    [Theory]
    [InlineData("tcp://orders.internal:5555", "10.0.0.1", true)]
    [InlineData("tcp://orders.internal:5555", "11.0.0.1", false)]
    [InlineData("tcp://other.internal:5555", "10.0.0.1", false)]
    public void MayConnect_HostsAndNetworks_BothHold(string endpoint, string address, bool allowed) =>
        Assert.Equal(allowed, MayConnect("hosts: [orders.internal], cidrs: [10.0.0.0/8]", endpoint, address));

    [Theory]
    [InlineData(5555, true)]
    [InlineData(5560, true)]
    [InlineData(5565, true)]
    [InlineData(5556, false)]
    [InlineData(5566, false)]
    [InlineData(22, false)]
    public void GateOf_Ports_AreThoseOfTheRule(int port, bool allowed)
    {
        Assert.Equal(!allowed, Gate("cidrs: [10.0.0.0/8], ports: [5555, 5560-5565]", $"tcp://10.0.0.1:{port}")!.IsShut);

        // Nor does a connection end at another port than the one that was asked for.
        Assert.False(Gate("cidrs: [10.0.0.0/8]", "tcp://10.0.0.1:5555")!.MayConnect(new IPEndPoint(IPAddress.Parse("10.0.0.1"), port + 100)));
    }

    [Theory]
    [InlineData("cidrs: [0.0.0.0/0, '::/0']", false)]
    [InlineData("schemes: [ipc]", true)]
    [InlineData("cidrs: [10.0.0.0/8], schemes: [tcp, ipc]", true)]
    [InlineData("hosts: [/run/server.sock], schemes: [ipc]", true)]
    [InlineData("hosts: ['@server'], schemes: [ipc]", false)]
    [InlineData("hosts: [/run], schemes: [ipc]", false)]
    [InlineData("hosts: [orders.internal], schemes: [tcp, ipc]", false)]
    public void GateOf_UnixSocket_NeedsTheSchemeAndItsPath(string rule, bool allowed)
    {
        var gate = Gate(rule, "ipc:///run/server.sock")!;

        Assert.Equal(!allowed, gate.IsShut);
        Assert.Equal(allowed, gate.MayConnect(new UnixDomainSocketEndPoint("/run/server.sock")));
        Assert.False(Gate("schemes: [ipc]", "tcp://10.0.0.1:5555")!.MayConnect(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 5555)));
        Assert.True(Gate("hosts: [/run/server.sock], schemes: [ipc]", "ipc:///run/../run/server.sock")!.IsShut);
    }

    [Fact]
    public void MayConnect_SeveralRules_AnyOfThemSuffices()
    {
        const string Rules = "cidrs: [10.0.0.0/8], ports: [1]}, {cidrs: [192.0.2.0/24], ports: [2]";

        Assert.False(Gate(Rules, "tcp://192.0.2.1:2")!.IsShut);
        Assert.True(Gate(Rules, "tcp://192.0.2.1:1")!.IsShut);
    }

    [Fact]
    public void HasRefusedAll_OneAddressOfSeveralWasLetThrough_IsFalse()
    {
        var gate = Gate("cidrs: [10.0.0.0/8]", "tcp://name:5555")!;
        Assert.False(gate.HasRefusedAll);

        Assert.False(gate.MayConnect(new IPEndPoint(IPAddress.Loopback, 5555)));
        Assert.True(gate.HasRefusedAll);

        Assert.True(gate.MayConnect(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 5555)));
        Assert.False(gate.HasRefusedAll);
    }

    private static bool MayConnect(string rules, string endpoint, string address) =>
        Gate(rules, endpoint)!.MayConnect(new IPEndPoint(IPAddress.Parse(address), 5555));

    // Null when it is no endpoint at all: then nobody gets through with it either.
    private static AddressGate? Gate(string rules, string endpoint)
    {
        var allow = rules.Length == 0 ? "" : $"{{{rules}}}";
        var config = Parsed.Config($"probe_endpoint: {{allow: [{allow}]}}\n");
        return ZmtpEndpoint.TryParse(endpoint, out var parsed, out _) ? new AllowList(config.ProbeEndpoint.Allow).GateOf(parsed) : null;
    }

    private static string Written(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
}
