using System.Net;
using System.Net.Sockets;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Sockets;

public sealed class ZmtpConnectionTests : ConnectionTestBase
{
    private const string Handshaken = "ConnectDelayed Connected HandshakeSucceeded OnOpened";

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

    [Fact]
    public void IsAcknowledged_PeerThatReadsLate_SaysWhenItsKernelHasAll()
    {
        using var go = new ManualResetEventSlim();
        var server = Serve(peer =>
        {
            peer.Handshake("ROUTER");
            go.Wait(TimeSpan.FromSeconds(60));
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
    public void Start_EndAfterReady_IsDisconnected()
    {
        var server = Serve(peer => peer.Handshake("REP"));
        Connect(server.Endpoint);
        Assert.Equal(ZmtpErrorCode.Disconnected, _handler.WaitForError().Code);
        Assert.Equal(Handshaken + " Disconnected Disconnected", Settled("Disconnected", 2));
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
            go.Wait(TimeSpan.FromSeconds(60));
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
            go.Wait(TimeSpan.FromSeconds(60));
            return [IPAddress.Loopback];
        });

        Assert.Equal("", AfterDispose(Connect(ScriptedServer.Parse("tcp://hangs:1"), resolver: hanging, handler: New(out var first)), first, until: null));
        Assert.Equal("ConnectDelayed Closed", AfterDispose(Connect(Keep(new BlackHole()).Endpoint, handler: New(out var second)), second, "ConnectDelayed"));
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
}
