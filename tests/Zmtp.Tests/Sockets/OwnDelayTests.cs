using System.Diagnostics;
using System.Net;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Sockets;

/// <summary>A process that gets no CPU around a deadline: what the peer did in time is found to be in time.</summary>
[Collection(nameof(OwnDelayTests))]
[CollectionDefinition(nameof(OwnDelayTests), DisableParallelization = true)]
public sealed class OwnDelayTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TimerQueue _timers = new(TimeProvider.System);
    private readonly RecordingHandler _handler = new();
    private readonly List<IDisposable> _things = [];
    private StarvedPool? _starved;
    private Timestamp _deadline;

    public void Dispose()
    {
        _starved?.Dispose();
        _things.ForEach(thing => thing.Dispose());
        _timers.Dispose();
    }

    [Theory]
    [InlineData("ConnectDelayed")] // the kernel connects, and nobody notices
    [InlineData("Connected")] // the peer's greeting comes, and nobody reads it
    public void Start_StarvedOverTheDeadline_OpensAllTheSame(string since)
    {
        Kernel.WaitForStamps();
        var server = new ScriptedServer(peer =>
        {
            // Not before everybody waits for it, but long before the deadline.
            Eventually.True(() => since != "Connected" || (_timers.Count > 0 && Timestamp.Now(TimeProvider.System) > _deadline - Timeout / 2));
            peer.Handshake("REP");
            peer.ExpectEnd();
        });
        _things.Add(server);
        _handler.Happened = connectionEvent =>
        {
            if (connectionEvent.ToString() == since)
            {
                _starved = new StarvedPool();
            }
        };
        var connection = Connect(server.Endpoint);

        StarveOverTheDeadline();

        _handler.WaitFor("OnOpened");
        Assert.Null(_handler.Error);
        Assert.True(connection.OwnDelay > TimeSpan.FromMilliseconds(20));
        Assert.True(connection.OpenedAt - _deadline <= connection.OwnDelay, $"{connection.OpenedAt - _deadline} after the deadline, {connection.OwnDelay} our own");
        var timings = connection.Timings;
        Assert.True(since == "Connected" || timings.Connect < Timeout, $"{timings}");
    }

    [Fact]
    public void OnReceived_GreetingThatWaitedForUs_CountsAsOurOwnDelay()
    {
        Kernel.WaitForStamps();
        var wait = Timeout / 4;
        var cameAt = Timestamp.None;
        var server = new ScriptedServer(peer =>
        {
            Eventually.True(() => _timers.Count > 0 && Timestamp.Now(TimeProvider.System) > _deadline - Patience + wait);
            peer.Send(PeerBytes.Greeting());
            Kernel.WaitUntilDelivered(peer.Socket);
            Timestamp.VolatileWrite(ref cameAt, Timestamp.Now(TimeProvider.System));
            peer.Expect(64);
            peer.Send(PeerBytes.Ready("REP"));
            peer.ExpectEnd();
        });
        _things.Add(server);
        _handler.Happened = connectionEvent => _starved ??= connectionEvent == ConnectionEvent.Connected ? new StarvedPool() : null;
        var connection = Connect(server.Endpoint, timeout: Patience, patience: Patience);

        Eventually.True(() => Timestamp.VolatileRead(ref cameAt).IsSet && Timestamp.Now(TimeProvider.System) > cameAt + wait);
        _starved!.Dispose();

        _handler.WaitFor("OnOpened");
        Assert.True(connection.OwnDelay >= wait);
    }

    [Fact]
    public void Start_StarvedBeforeItBegins_OpensAllTheSame()
    {
        var server = Healthy();
        _starved = new StarvedPool();
        var connection = Connect(server.Endpoint);

        StarveOverTheDeadline();

        _handler.WaitFor("OnOpened");
        Assert.True(connection.OwnDelay >= Timeout);
    }

    [Fact]
    public void Start_NameResolvedWhileStarved_IsUsed()
    {
        var server = Healthy();
        var resolver = new NameResolver(_ =>
        {
            _starved = new StarvedPool(); // on a thread of the resolver's own
            return [IPAddress.Loopback];
        });
        Connect(ScriptedServer.Parse($"tcp://some.name:{server.Port}"), resolver, 5 * Timeout); // starving them takes its time, too

        StarveOverTheDeadline();

        _handler.WaitFor("OnOpened");
    }

    [Fact]
    public void Start_SecondAddressNotTriedWhileStarved_StillGetsItsChance()
    {
        var hole = new BlackHole();
        _things.Add(hole);
        _things.Add(new ScriptedServer(
            peer =>
            {
                peer.Handshake("REP");
                peer.ExpectEnd();
            },
            new IPEndPoint(IPAddress.Parse("127.0.0.2"), hole.Port)));
        _handler.Happened = _ =>
        {
            _starved ??= new StarvedPool();
        };
        Connect(
            ScriptedServer.Parse($"tcp://two.addresses:{hole.Port}"),
            new NameResolver(_ => [IPAddress.Loopback, IPAddress.Parse("127.0.0.2")]));

        StarveOverTheDeadline();

        _handler.WaitFor("OnOpened");
    }

    [Fact]
    public void Start_SilentPeerWhileStarved_IsAHandshakeTimeoutInTheEnd()
    {
        var server = new ScriptedServer(peer => peer.ExpectEnd());
        _things.Add(server);
        _handler.Happened = connectionEvent => _starved ??= connectionEvent == ConnectionEvent.Connected ? new StarvedPool() : null;
        Connect(server.Endpoint);

        StarveOverTheDeadline();

        Assert.Equal(ZmtpErrorCode.HandshakeTimeout, _handler.WaitForError().Code);
    }

    [Fact]
    public void Start_AcceptedAndResetBeforeWeNotice_IsDisconnectedAndNotRefused()
    {
        var isReset = false;
        var server = new ScriptedServer(peer =>
        {
            peer.Reset();
            isReset = true;
        });
        _things.Add(server);
        _handler.Happened = _ => _starved ??= new StarvedPool();
        Connect(server.Endpoint);

        Eventually.True(() => isReset);
        StarveOverTheDeadline();

        var error = _handler.WaitForError();
        Assert.Equal(ZmtpErrorCode.Disconnected, error.Code);
        Assert.Contains("closed it before it said anything: a proxy", error.Message, StringComparison.Ordinal);
    }

    private ScriptedServer Healthy()
    {
        var server = new ScriptedServer(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectEnd();
        });
        _things.Add(server);
        return server;
    }

    private ZmtpConnection Connect(ZmtpEndpoint endpoint, NameResolver? resolver = null, TimeSpan? timeout = null, TimeSpan? patience = null)
    {
        _deadline = _timers.After(timeout ?? Timeout);
        var options = new ZmtpOptions { SocketType = SocketType.Req };
        options = patience is { } value ? options with { GreetingTimeout = value } : options;
        var context = new ZmtpContext(_timers, resolver ?? new NameResolver());
        var connection = ZmtpConnection.Start(endpoint, options, context, _deadline, _handler);
        _things.Insert(0, connection);
        return connection;
    }

    private void StarveOverTheDeadline()
    {
        var end = _deadline + Timeout;
        Eventually.True(() => _starved is not null && Timestamp.Now(TimeProvider.System) > end);
        _starved!.Dispose();
    }
}
