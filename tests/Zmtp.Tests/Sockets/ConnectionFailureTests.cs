using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Zmtp.Security;

namespace Zmtp.Tests.Sockets;

/// <summary>How a connection that is not made, or ends during its handshake, says why.</summary>
public sealed class ConnectionFailureTests : ConnectionTestBase
{
    [Theory]
    [InlineData("CURVE", false)] // fails at once
    [InlineData("NULL", false)] // at the deadline
    [InlineData("NULL", true)] // when it is given up before that
    public void Start_HandshakeThatFails_EndsWithAReset(string mechanism, bool isGivenUp)
    {
        bool? isOrderly = null;
        var server = Serve(peer =>
        {
            peer.Send(PeerBytes.Greeting(mechanism));
            isOrderly = peer.ExpectEnd();
        });
        var connection = Connect(server.Endpoint, timeout: isGivenUp ? 5000 : 300);
        if (isGivenUp)
        {
            Eventually.True(() => connection.HasGreeted);
            connection.Dispose();
        }

        Eventually.True(() => isOrderly is not null);
        Assert.False(isOrderly);
    }

    [Fact]
    public void Start_NobodyListens_IsRefused()
    {
        var server = Serve(_ => { });
        server.Dispose();
        Connect(server.Endpoint);
        Assert.Equal(ZmtpErrorCode.Refused, _handler.WaitForError().Code);
        Assert.Equal("ConnectDelayed Closed Refused", Settled("Refused"));
    }

    [Fact]
    public void Start_FullBacklog_IsAConnectTimeout()
    {
        Connect(Keep(new BlackHole()).Endpoint, timeout: 300);
        Assert.Equal(ZmtpErrorCode.ConnectTimeout, _handler.WaitForError().Code);
        Assert.Equal("ConnectDelayed Closed ConnectTimeout", Settled("ConnectTimeout"));
    }

    [Fact]
    public void Start_SilentListener_IsAHandshakeTimeout()
    {
        var server = Serve(peer => peer.Socket.Poll(10_000_000, SelectMode.SelectError));
        Connect(server.Endpoint, timeout: 300);
        var error = _handler.WaitForError();
        Assert.Equal(ZmtpErrorCode.HandshakeTimeout, error.Code);
        Assert.Contains("said nothing", error.Message, StringComparison.Ordinal);
        Assert.Equal("ConnectDelayed Connected HandshakeFailed Closed HandshakeTimeout", Settled("HandshakeTimeout"));
    }

    [Fact]
    public void Start_ServerThatWaitsForAllOfOurGreeting_GetsItAfterOurTimeout()
    {
        var server = Serve(peer =>
        {
            peer.Expect(64);
            peer.Send(PeerBytes.Greeting());
            peer.ExpectFrame();
            peer.Send(PeerBytes.Ready("REP"));
            peer.ExpectEnd();
        });
        Connect(server.Endpoint, options: new ZmtpOptions { SocketType = SocketType.Req, GreetingTimeout = TimeSpan.FromMilliseconds(100) });
        _handler.WaitFor("OnOpened");
    }

    [Fact]
    public void Start_OtherMechanism_IsNamed()
    {
        var server = Serve(peer =>
        {
            peer.Send(PeerBytes.Greeting("CURVE"));
            peer.ExpectEnd();
        });
        var connection = Connect(server.Endpoint);
        Assert.Contains("CURVE", _handler.WaitForError().Message, StringComparison.Ordinal);
        Assert.Equal("ConnectDelayed Connected HandshakeFailed Closed Mechanism", Settled("Mechanism"));
        Assert.True(connection.HasGreeted);
    }

    [Fact]
    public void Start_PlainDenied_IsAuth()
    {
        var server = Serve(peer =>
        {
            peer.Send(PeerBytes.Greeting("PLAIN"));
            peer.Expect(64);
            peer.ExpectFrame();
            peer.Send(PeerBytes.Frame(PeerBytes.CommandFlag, "^RROR\u0003400"u8));
            peer.ExpectEnd();
        });
        Connect(server.Endpoint, options: new ZmtpOptions { SocketType = SocketType.Req, Security = ZmtpSecurity.Plain("u", "p") });
        Assert.Equal(ZmtpErrorCode.Auth, _handler.WaitForError().Code);
    }

    [Theory]
    [InlineData(0, true, "closed it before it said anything: a proxy or load balancer whose server is down")]
    [InlineData(0, false, "closed it before it said anything: a proxy or load balancer whose server is down")]
    [InlineData(10, true, "closed the connection in its greeting, after")]
    [InlineData(10, false, "closed the connection in its greeting, after")]
    [InlineData(64, true, "sent its ZMTP greeting and closed the connection during the NULL handshake")]
    [InlineData(64, false, "sent its ZMTP greeting and closed the connection during the NULL handshake")]
    public void Start_EndDuringTheHandshake_IsDisconnectedInTheWordsOfHowFarItCame(int greeted, bool resets, string words)
    {
        var server = Serve(peer =>
        {
            peer.Send(PeerBytes.Greeting().AsSpan(0, greeted));
            peer.Expect(11);
            if (resets)
            {
                peer.Reset();
            }
        });
        Connect(server.Endpoint);
        var error = _handler.WaitForError();
        Assert.Equal((ZmtpErrorCode.Disconnected, true), (error.Code, error.IsByPeer));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal("ConnectDelayed Connected HandshakeFailed Disconnected Disconnected", Settled("Disconnected", 2));
    }

    [Fact]
    public void Start_ReadyOfAnotherTypeThenEnd_IsTheSocketType()
    {
        var server = Serve(peer => peer.Handshake("PUB"));
        Connect(server.Endpoint);
        Assert.Equal(ZmtpErrorCode.SocketType, _handler.WaitForError().Code);
    }

    [Fact]
    public void Start_GreetingThatDrips_EndsByTheDeadline()
    {
        var server = Serve(peer =>
        {
            foreach (var b in PeerBytes.Greeting())
            {
                peer.Send(b);
                peer.Socket.Poll(100_000, SelectMode.SelectError);
            }
        });
        var start = Stopwatch.GetTimestamp();
        Connect(server.Endpoint, timeout: 500);
        var error = _handler.WaitForError();
        Assert.Equal(ZmtpErrorCode.HandshakeTimeout, error.Code);
        Assert.Contains("of the 64 bytes", error.Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.4, 3);
    }

    [Fact]
    public void Start_NameThatDoesNotExist_IsResolve()
    {
        Connect(ScriptedServer.Parse("tcp://no.such.name:5555"), resolver: new NameResolver(_ => throw new SocketException((int)SocketError.HostNotFound)));
        var error = _handler.WaitForError();
        Assert.Equal((ZmtpErrorCode.Resolve, "the name no.such.name does not exist"), (error.Code, error.Message));
        Assert.Equal("Resolve", Settled("Resolve"));
    }

    [Fact]
    public void Start_HangingResolver_HoldsTheDeadlineAndOtherNamesResolve()
    {
        using var go = new ManualResetEventSlim();
        var server = Serve(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectEnd();
        });
        var resolver = new NameResolver(
            name =>
            {
                if (name.StartsWith("hang", StringComparison.Ordinal))
                {
                    go.Wait(TimeSpan.FromSeconds(60));
                }

                return [IPAddress.Loopback];
            },
            maxThreads: 2);
        // Long enough for a busy machine to begin the look-up: one that has not begun by the deadline is our own fault.
        Connect(ScriptedServer.Parse("tcp://hang.one:1"), timeout: 1000, resolver: resolver);
        var other = new RecordingHandler();
        Connect(ScriptedServer.Parse($"tcp://works:{server.Port}"), resolver: resolver, handler: other);
        other.WaitFor("OnOpened");
        Assert.Equal(ZmtpErrorCode.Resolve, _handler.WaitForError().Code);

        var (second, third) = (new RecordingHandler(), new RecordingHandler());
        Connect(ScriptedServer.Parse("tcp://hang.two:1"), timeout: 1000, resolver: resolver, handler: second);
        second.WaitForError();
        Connect(ScriptedServer.Parse("tcp://starved:1"), timeout: 300, resolver: resolver, handler: third);
        Assert.Equal(ZmtpErrorCode.Local, third.WaitForError().Code);
        go.Set();
    }

    [Fact]
    public void Start_AnAddressOfAFamilyWithoutARoute_DoesNotHideTheRefusal()
    {
        var server = Serve(_ => { });
        server.Dispose();
        Connect(
            ScriptedServer.Parse($"tcp://both.families:{server.Port}"),
            resolver: new NameResolver(_ => [IPAddress.Loopback, IPAddress.Parse("2001:db8::1")]),
            timeout: 1000);
        Assert.Contains(_handler.WaitForError().Code, new[] { ZmtpErrorCode.Refused, ZmtpErrorCode.ConnectTimeout });
    }
}
