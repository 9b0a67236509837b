using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Sockets;

/// <summary>What <see cref="ZmtpOptions.MayConnect"/> is asked about: the addresses that are connected to, whatever led there.</summary>
public sealed class MayConnectTests : ConnectionTestBase
{
    private readonly ConcurrentQueue<EndPoint> _asked = new();

    // The system's resolver takes every spelling that inet_aton knows: none of them is an address to the parser.
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.1")]
    [InlineData("localhost")]
    public void Start_AnySpellingOfAnAddress_IsAskedAboutItAndNotConnected(string host)
    {
        var server = Serve(_ => { });
        if (!ZmtpEndpoint.TryParse($"tcp://{host}:{server.Port}", out var endpoint, out _))
        {
            return; // no way around anything: it is no endpoint at all
        }

        Connect(endpoint, options: Only(_ => false));

        Assert.Equal(ZmtpErrorCode.Local, _handler.WaitForError().Code);
        Assert.NotEmpty(_asked);
        Assert.All(_asked, address => Assert.True(IPAddress.IsLoopback(Unmapped(address))));
        Assert.DoesNotContain("ConnectDelayed", _handler.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_NameThatChanges_IsAskedAboutTheAddressesOfEachConnect()
    {
        var server = Serve(peer => peer.Handshake("REP"));
        var lookups = 0;
        var resolver = new NameResolver(_ => [Interlocked.Increment(ref lookups) == 1 ? IPAddress.Loopback : IPAddress.Parse("127.0.0.2")]);
        var options = Only(address => address.Equals(IPAddress.Loopback));
        var second = new RecordingHandler();

        Connect(ScriptedServer.Parse($"tcp://rebinds:{server.Port}"), options: options, resolver: resolver);
        _handler.WaitFor("OnOpened");
        Connect(ScriptedServer.Parse($"tcp://rebinds:{server.Port}"), options: options, resolver: resolver, handler: second);

        Assert.Contains("127.0.0.2", second.WaitForError().Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ConnectDelayed", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_OneOfSeveralAddressesIsAllowed_ConnectsToThatOne()
    {
        var server = Serve(peer => peer.Handshake("REP"));
        var resolver = new NameResolver(_ => [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback, IPAddress.Parse("127.0.0.3")]);

        Connect(ScriptedServer.Parse($"tcp://several:{server.Port}"), options: Only(address => address.Equals(IPAddress.Loopback)), resolver: resolver);

        _handler.WaitFor("OnOpened");
        Assert.Equal(1, _handler.Count("ConnectDelayed"));
    }

    [Fact]
    public void Start_TheOnlyAllowedAddressRefuses_TellsThatAndNotTheOthers()
    {
        var server = Serve(_ => { });
        server.Dispose();
        var resolver = new NameResolver(_ => [IPAddress.Loopback, IPAddress.Parse("127.0.0.2")]);

        Connect(ScriptedServer.Parse($"tcp://several:{server.Port}"), options: Only(address => address.Equals(IPAddress.Loopback)), resolver: resolver);

        Assert.Equal(ZmtpErrorCode.Refused, _handler.WaitForError().Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Start_UnixSocket_IsAskedAboutToo(bool allowed)
    {
        var name = $"@zmtp-tests-{Guid.NewGuid():N}";
        Keep(new ScriptedServer(peer => peer.Handshake("REP"), new UnixDomainSocketEndPoint($"\0{name[1..]}")));
        var options = new ZmtpOptions { SocketType = SocketType.Req, MayConnect = address => allowed && address is UnixDomainSocketEndPoint };

        Connect(ScriptedServer.Parse($"ipc://{name}"), options: options);

        if (allowed)
        {
            _handler.WaitFor("OnOpened");
        }
        else
        {
            Assert.Contains("not allowed", _handler.WaitForError().Message, StringComparison.Ordinal);
        }
    }

    private static IPAddress Unmapped(EndPoint address) =>
        ((IPEndPoint)address).Address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : ((IPEndPoint)address).Address;

    private ZmtpOptions Only(Func<IPAddress, bool> allows) => new()
    {
        SocketType = SocketType.Req,
        MayConnect = address =>
        {
            _asked.Enqueue(address);
            return allows(((IPEndPoint)address).Address);
        },
    };
}
