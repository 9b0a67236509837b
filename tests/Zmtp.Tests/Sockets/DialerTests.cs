using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Sockets;

public class DialerTests : DialerTestBase
{
    [Fact]
    public void Start_FirstAddressIsABlackHole_SecondOneGetsItsTurnAfterTheHeadStart()
    {
        var hole = Keep(new BlackHole());
        Keep(new ScriptedServer(
            peer =>
            {
                peer.Handshake("REP");
                peer.ExpectEnd();
            },
            new IPEndPoint(Second, hole.Port)));
        var time = new FakeTimeProvider();
        Connect($"tcp://two.addresses:{hole.Port}", new NameResolver(_ => [IPAddress.Loopback, Second]), time);
        _handler.WaitFor("ConnectDelayed");

        time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Equal(1, _handler.Count("ConnectDelayed"));
        time.Advance(TimeSpan.FromMilliseconds(2));

        _handler.WaitFor("OnOpened");
        Assert.Equal("ConnectDelayed ConnectDelayed Closed Connected HandshakeSucceeded OnOpened", _handler.Log);
    }

    [Fact]
    public void Start_FirstAddressRefuses_SecondOneIsTriedAtOnce()
    {
        var server = Keep(new ScriptedServer(peer => peer.Handshake("REP"), new IPEndPoint(Second, 0)));

        Connect($"tcp://two.addresses:{server.Port}", new NameResolver(_ => [IPAddress.Loopback, Second]), new FakeTimeProvider());

        _handler.WaitFor("OnOpened"); // the clock stands still
    }

    [Fact]
    public void Start_EveryAddressIsABlackHole_IsAConnectTimeout()
    {
        var hole = Keep(new BlackHole());
        var time = new FakeTimeProvider();
        Connect($"tcp://hole:{hole.Port}", new NameResolver(_ => [IPAddress.Loopback]), time);
        _handler.WaitFor("ConnectDelayed");

        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(ZmtpErrorCode.ConnectTimeout, _handler.WaitForError().Code);
        Assert.NotEqual(Environment.CurrentManagedThreadId, _handler.ClosedOn); // on which the timer ran
    }

    [Fact]
    public void IsDecided_PendingConnectedAndRefused_AreToldApart()
    {
        using var hole = new BlackHole();
        using var pending = New();
        using var attempt = new SocketAsyncEventArgs { RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, hole.Port) };
        Assert.True(pending.ConnectAsync(attempt));
        Assert.False(DialAttempt.IsDecided(pending));

        var (client, server) = Kernel.Connect();
        using (client)
        using (server)
        {
            Assert.True(DialAttempt.IsDecided(client));
        }

        using var refused = New();
        using var nobody = new SocketAsyncEventArgs { RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 1) };
        refused.ConnectAsync(nobody);
        Eventually.True(() => DialAttempt.IsDecided(refused));

        static Socket New() => new(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
    }

    [Fact]
    public void Retry_AddressOfTheNameHasChanged_GoesToTheNewOne()
    {
        var old = Keep(new ScriptedServer(peer => peer.Handshake("REP"))); // and hangs up
        var next = Keep(new ScriptedServer(
            peer =>
            {
                peer.Handshake("REP");
                peer.ExpectEnd();
            },
            new IPEndPoint(Second, old.Port)));
        var address = IPAddress.Loopback;
        var lookups = 0;
        var timers = Keep(new TimerQueue(TimeProvider.System));
        var context = new ZmtpContext(timers, new NameResolver(_ =>
        {
            lookups++;
            return [address];
        }));
        _handler.Opened = _ => address = Second;
        var connection = Keep(new PersistentConnection(
            ScriptedServer.Parse($"tcp://moving.target:{old.Port}"),
            new ZmtpOptions { SocketType = SocketType.Req },
            context,
            new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(1) },
            _handler));

        connection.Open(timers.After(TimeSpan.FromSeconds(20)), out _);

        _handler.WaitFor("OnOpened", 2);
        Assert.Equal(1, next.Accepted);
        Assert.Equal(2, lookups);
    }

    [Fact]
    public void Of_TwoFamilies_TakeTurns()
    {
        IPAddress[] addresses = [.. new[] { "::1", "::2", "::3", "127.0.0.1", "127.0.0.2" }.Select(IPAddress.Parse)];

        var order = DialOrder.Of(addresses, 1).Cast<IPEndPoint>().Select(address => address.Address.ToString()).ToArray();

        string[] turns = ["::1", "127.0.0.1", "::2", "127.0.0.2", "::3"];
        Assert.Equal(turns, order);
    }

    [Fact]
    public void IsConnectedToItself_SocketOnItsOwnPort_IsSeen()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var own = (IPEndPoint)socket.LocalEndPoint!;
        socket.Connect(own);
        Assert.True(DialAttempt.IsConnectedToItself(socket, own));
    }
}
