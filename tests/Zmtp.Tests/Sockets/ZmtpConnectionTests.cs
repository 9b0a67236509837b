using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Zmtp.Security;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Sockets;

public sealed class ZmtpConnectionTests : IDisposable
{
    private const string Handshaken = "ConnectDelayed Connected HandshakeSucceeded OnOpened";

    private readonly TimerQueue _timers = new(TimeProvider.System);
    private readonly RecordingHandler _handler = new();
    private readonly List<IDisposable> _things = [];

    public void Dispose()
    {
        _things.ForEach(thing => thing.Dispose());
        _timers.Dispose();
    }

    [Fact]
    public void Start_HealthyServer_OpensAndCarriesMessagesBothWays()
    {
        var server = Serve(peer =>
        {
            peer.Handshake("REP");
            Assert.Equal(["", "ping"], peer.ExpectMessage());
            peer.SendMessage("", "pong");
            peer.ExpectEnd();
        });
        var connection = Connect(server.Endpoint);
        _handler.WaitFor("OnOpened");
        connection.Send(ZmtpMessage.FromText("ping"));
        _handler.WaitFor("OnMessage");
        Assert.Equal("pong", RecordingOutput.Text(_handler.Messages[0]));
        Assert.Null(connection.Timings.Resolve);
        Assert.NotNull(connection.Timings.Handshake);
        connection.Dispose();
        Assert.Equal(Handshaken + " OnMessage Closed", _handler.Log);
        Assert.Equal(0, _timers.Count);
    }

    [Fact]
    public void Dispose_OpenConnection_EndsTheStreamAndDoesNotResetIt()
    {
        bool? isOrderly = null;
        var server = Serve(peer =>
        {
            peer.Handshake("REP");
            Assert.Equal(["", "last words"], peer.ExpectMessage());
            isOrderly = peer.ExpectEnd();
        });
        var connection = Connect(server.Endpoint);
        _handler.WaitFor("OnOpened");
        connection.Send(ZmtpMessage.FromText("last words"));
        connection.Dispose();
        Eventually.True(() => isOrderly is not null);
        Assert.True(isOrderly);
    }

    [Fact]
    public void Abort_OpenConnection_ResetsIt()
    {
        bool? isOrderly = null;
        var server = Serve(peer =>
        {
            peer.Handshake("REP");
            isOrderly = peer.ExpectEnd();
        });
        var connection = Connect(server.Endpoint);
        _handler.WaitFor("OnOpened");

        connection.Abort();

        Eventually.True(() => isOrderly is not null);
        Assert.False(isOrderly);
        Assert.Equal(Handshaken + " Closed", _handler.Log);
    }

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
    public void IsAcknowledged_PeerThatReadsLate_SaysWhenItsKernelHasAll()
    {
        using var go = new ManualResetEventSlim();
        var server = Serve(peer =>
        {
            peer.Handshake("ROUTER");
            go.Wait(TimeSpan.FromSeconds(20));
            peer.ExpectEnd();
        });
        var connection = Connect(server.Endpoint, options: new ZmtpOptions { SocketType = SocketType.Dealer });
        Assert.Null(connection.IsAcknowledged);
        _handler.WaitFor("OnOpened");
        Eventually.True(() => connection.IsAcknowledged == true);

        var message = ZmtpMessage.FromFrames(new byte[64 * 1024]);
        for (var isMuch = false; !isMuch;)
        {
            connection.Send(message);
            isMuch = connection.IsAcknowledged == false && !SpinWait.SpinUntil(() => connection.IsAcknowledged == true, 100);
        }

        go.Set();
        Eventually.True(() => connection.IsAcknowledged == true);
        connection.Dispose();
        Assert.Null(connection.IsAcknowledged);
    }

    [Fact]
    public void SendPing_Server_AnswerOfTheLastOneIsTold()
    {
        var server = Serve(peer =>
        {
            peer.Handshake("REP");
            var first = peer.ExpectFrame().Body;
            var second = peer.ExpectFrame().Body;
            peer.Send(PeerBytes.Command("PONG", first.AsSpan(7)));
            peer.Send(PeerBytes.Command("PONG"));
            peer.Send(PeerBytes.Command("PONG", second.AsSpan(7)));
            peer.ExpectEnd();
        });
        var connection = Connect(server.Endpoint);
        _handler.WaitFor("OnOpened");
        connection.SendPing();
        connection.SendPing();
        _handler.WaitFor("OnPong");
        Assert.Equal(1, _handler.Count("OnPong"));
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
        Connect(BlackHole(), timeout: 300);
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
    public void Start_ServerThatWaitsForAllOfOurGreeting_GetsItAfterOurPatience()
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
    public void Start_EndAfterReady_IsDisconnected()
    {
        var server = Serve(peer => peer.Handshake("REP"));
        Connect(server.Endpoint);
        Assert.Equal(ZmtpErrorCode.Disconnected, _handler.WaitForError().Code);
        Assert.Equal(Handshaken + " Disconnected Disconnected", Settled("Disconnected", 2));
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

    [Theory]
    [InlineData("bytes")]
    [InlineData("messages")]
    [InlineData("pings")]
    public void OnReceived_Flood_EndsTheConnection(string kind)
    {
        var unit = kind switch
        {
            "bytes" => PeerBytes.Frame(0, new byte[1 << 20]),
            "messages" => PeerBytes.Frame(0, []),
            _ => PeerBytes.Command("PING", 0, 0),
        };
        var block = Enumerable.Repeat(unit, Math.Max(1, (1 << 16) / unit.Length)).SelectMany(bytes => bytes).ToArray();
        var server = Serve(peer =>
        {
            peer.Handshake("ROUTER");
            new Thread(() => peer.ExpectEnd()) { IsBackground = true }.Start();
            while (true)
            {
                peer.Send(block);
            }
        });
        Connect(server.Endpoint, options: new ZmtpOptions { SocketType = SocketType.Dealer });
        var error = _handler.WaitForError();
        Assert.Equal(ZmtpErrorCode.Protocol, error.Code);
        Assert.Contains("floods", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Send_PeerThatNeverReads_EndsWithABoundedBacklog()
    {
        var server = Serve(peer =>
        {
            peer.Handshake("ROUTER");
            peer.Socket.Poll(-1, SelectMode.SelectError);
        });
        var connection = Connect(server.Endpoint, options: new ZmtpOptions { SocketType = SocketType.Dealer });
        _handler.WaitFor("OnOpened");
        var message = ZmtpMessage.FromFrames(new byte[64 * 1024]);
        Eventually.True(
            () =>
            {
                connection.Send(message);
                return connection.IsClosed;
            },
            () => "the backlog grows and grows");

        Assert.Equal(ZmtpErrorCode.Protocol, _handler.WaitForError().Code);
    }

    [Fact]
    public void Send_PeerThatReadsLate_GetsEverythingInOrder()
    {
        using var go = new ManualResetEventSlim();
        var wrong = -1;
        var isDone = false;
        var server = Serve(peer =>
        {
            peer.Socket.ReceiveBufferSize = 64 * 1024;
            peer.Handshake("ROUTER");
            go.Wait(TimeSpan.FromSeconds(10));
            for (var i = 0; i < 300; i++)
            {
                var body = peer.ExpectFrame().Body;
                wrong = body.Length == i * 50 && body.All(b => b == (byte)i) ? wrong : i;
            }

            isDone = true;
        });
        var connection = Connect(server.Endpoint, options: new ZmtpOptions { SocketType = SocketType.Dealer });
        _handler.WaitFor("OnOpened");
        for (var i = 0; i < 300; i++)
        {
            connection.Send(ZmtpMessage.FromFrames(Enumerable.Repeat((byte)i, i * 50).ToArray()));
        }

        go.Set();
        Eventually.True(() => isDone || server.Failures.Count > 0 || connection.IsClosed);
        Assert.Empty(server.Failures);
        Assert.True(isDone, _handler.Error?.Message);
        Assert.Equal(-1, wrong);
    }

    [Fact]
    public void OnReceived_FrameOfTwoGigabytes_IsTooLarge()
    {
        var server = Serve(peer =>
        {
            peer.Handshake("REP");
            peer.Send(PeerBytes.HeaderOf(0, int.MaxValue));
            peer.ExpectEnd();
        });
        Connect(server.Endpoint);
        Assert.Equal(ZmtpErrorCode.TooLarge, _handler.WaitForError().Code);
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
                    go.Wait(TimeSpan.FromSeconds(20));
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

    [Fact]
    public void Dispose_InEachPhase_GivesNoOnClosed()
    {
        using var go = new ManualResetEventSlim();
        var silent = Serve(peer => peer.ExpectEnd());
        var healthy = Serve(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectEnd();
        });
        var hanging = new NameResolver(_ =>
        {
            go.Wait(TimeSpan.FromSeconds(20));
            return [IPAddress.Loopback];
        });

        Assert.Equal("", AfterDispose(Connect(ScriptedServer.Parse("tcp://hangs:1"), resolver: hanging, handler: New(out var first)), first, until: null));
        Assert.Equal("ConnectDelayed Closed", AfterDispose(Connect(BlackHole(), handler: New(out var second)), second, "ConnectDelayed"));
        Assert.Equal("ConnectDelayed Connected Closed", AfterDispose(Connect(silent.Endpoint, handler: New(out var third)), third, "Connected"));
        Assert.Equal(Handshaken + " Closed", AfterDispose(Connect(healthy.Endpoint, handler: New(out var fourth)), fourth, "OnOpened"));
        go.Set();
        Assert.Equal(0, _timers.Count);

        static RecordingHandler New(out RecordingHandler handler) => handler = new RecordingHandler();

        static string AfterDispose(ZmtpConnection connection, RecordingHandler handler, string? until)
        {
            if (until is not null)
            {
                handler.WaitFor(until);
            }

            connection.Dispose();
            Assert.True(connection.IsClosed);
            return handler.Log;
        }
    }

    [Fact]
    public void OnReceived_NoMemoryForALargeMessage_IsOurOwnFaultAndGivesEverythingBack()
    {
        var buffers = new BufferBudget { Limit = 200_000 };
        var server = Serve(peer =>
        {
            peer.Handshake("ROUTER");
            peer.Send(PeerBytes.Frame(0, new byte[500_000]));
            peer.ExpectEnd();
        });

        Connect(server.Endpoint, options: new ZmtpOptions { SocketType = SocketType.Dealer }, buffers: buffers);

        var error = _handler.WaitForError();
        Assert.Equal(ZmtpErrorCode.Local, error.Code);
        Assert.Contains("no memory left for what the peer sends", error.Message, StringComparison.Ordinal);
        Assert.True(SpinWait.SpinUntil(() => buffers.InUse == 0, TimeSpan.FromSeconds(20)), $"{buffers.InUse} bytes are still counted");
    }

    private ScriptedServer Serve(Action<ScriptedPeer> script)
    {
        var server = new ScriptedServer(script);
        _things.Add(server);
        return server;
    }

    /// <summary>A listener whose backlog is full drops our SYN: to a client it is a host that is gone.</summary>
    private ZmtpEndpoint BlackHole()
    {
        var hole = new BlackHole();
        _things.Add(hole);
        return hole.Endpoint;
    }

    private ZmtpConnection Connect(
        ZmtpEndpoint endpoint,
        int timeout = 5000,
        ZmtpOptions? options = null,
        NameResolver? resolver = null,
        RecordingHandler? handler = null,
        BufferBudget? buffers = null)
    {
        var context = new ZmtpContext(_timers, resolver ?? new NameResolver()) { Buffers = buffers ?? new BufferBudget() };
        var connection = ZmtpConnection.Start(
            endpoint, options ?? new ZmtpOptions { SocketType = SocketType.Req }, context, _timers.After(TimeSpan.FromMilliseconds(timeout)), handler ?? _handler);
        _things.Insert(0, connection);
        return connection;
    }

    private string Settled(string last, int count = 1)
    {
        _handler.WaitFor(last, count);
        return _handler.Log;
    }
}
