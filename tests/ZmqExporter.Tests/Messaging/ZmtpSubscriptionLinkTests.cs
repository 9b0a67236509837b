using System.Text;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.Zmtp;
using Zmtp;

namespace ZmqExporter.Tests.Messaging;

/// <summary>A subscription whose connection is renewed because of its age: the publisher's messages go on.</summary>
public sealed class ZmtpSubscriptionLinkTests : IDisposable, ISubscriptionObserver
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly TimerQueue _timers = new(TimeProvider.System);
    private readonly List<string> _messages = [];
    private readonly List<SubscriptionCause> _causes = [];
    private readonly Peer[] _peers = [new(), new(), new()];
    private readonly ScriptedServer _server;
    private ZmtpSubscriptionLink? _link;

    public ZmtpSubscriptionLinkTests() => _server = new ScriptedServer(peer =>
    {
        peer.Handshake("PUB");
        peer.ExpectFrame(); // the subscription
        _peers[peer.Number - 1].Subscribed(peer);
        peer.ExpectEnd();
        _peers[peer.Number - 1].HasEnded = true;
    });

    public void Dispose()
    {
        _link?.Dispose();
        _server.Dispose();
        _timers.Dispose();
    }

    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        // The connections' ends are seen by the server.
    }

    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message)
    {
        // They come by frame.
    }

    void ISubscriptionObserver.OnSubscribed(Timestamp timestamp, SubscriptionCause cause)
    {
        lock (_messages)
        {
            _causes.Add(cause);
        }
    }

    int ISubscriptionObserver.KeptLength(int number) => 64;

    void ISubscriptionObserver.OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        lock (_messages)
        {
            _messages.Add(Encoding.UTF8.GetString(head));
        }
    }

    void ISubscriptionObserver.OnFramesRead(Timestamp timestamp)
    {
        // The frames are what counts here.
    }

    // The kernel may have what came on the old connection before, and hand over the new one first.
    [Fact]
    public async Task Renewal_NewConnectionIsAhead_OldOneIsReadUntilItHasBroughtTheSame()
    {
        await RenewAsync(Long);

        _peers[0].Send("t2"); // it lives, and so has its time
        await SeenAsync("t1", "t2");
        _peers[1].Send("t4");
        _peers[0].Send("t3");
        await SeenAsync("t1", "t2", "t3");
        Assert.Equal([SubscriptionCause.Connected], Causes());

        _peers[0].Send("t4");
        Eventually.True(() => _peers[0].HasEnded);
        _peers[1].Send("t5");
        await SeenAsync("t1", "t2", "t3", "t4", "t5");
        Assert.Equal([SubscriptionCause.Connected, SubscriptionCause.Replaced], Causes());
        Assert.False(_peers[1].HasEnded);
        Assert.Equal(0, _timers.Count);
    }

    [Fact]
    public async Task Renewal_OldConnectionBringsNothingAndTheNewOneDoes_EndsLongBeforeTheTimeout()
    {
        await RenewAsync(attempt: TimeSpan.FromMinutes(30));

        _peers[1].Send("t2");
        Eventually.True(() => _peers[0].HasEnded);
        _peers[1].Send("t3");
        await SeenAsync("t1", "t3");
        Assert.Equal([SubscriptionCause.Connected, SubscriptionCause.Replaced], Causes());
    }

    [Fact]
    public async Task Renewal_MessageOnTheOldConnection_EndsAWait()
    {
        await RenewAsync(Long);

        await _link!.OpenAsync(After(60));
        var wait = _link.ReceiveAsync(After(30)).AsTask();
        _peers[0].Send("t2");

        Assert.Equal(LinkOutcomeKind.Message, (await wait.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).Kind);
    }

    [Fact]
    public async Task Renewal_FeedIsSilent_OldConnectionEndsAllTheSame()
    {
        await RenewAsync(attempt: TimeSpan.FromSeconds(1));

        Eventually.True(() => _peers[0].HasEnded);
        _peers[1].Send("t2");
        await SeenAsync("t1", "t2");
        Assert.Equal([SubscriptionCause.Connected, SubscriptionCause.Replaced], Causes());
    }

    [Fact]
    public async Task Renewal_OldConnectionIsLost_TheNewOneIsUsed()
    {
        await RenewAsync(Long);

        _peers[0].Reset();
        Eventually.True(() => Causes() is [SubscriptionCause.Connected, SubscriptionCause.Replaced]);
        _peers[1].Send("t2");
        await SeenAsync("t1", "t2");
        Assert.Equal(2, _server.Accepted);
    }

    [Fact]
    public async Task Renewal_NewConnectionIsLost_OldOneGoesOnUntilAnotherIsMade()
    {
        await RenewAsync(Long);

        _peers[1].Reset();
        Eventually.True(() => _peers[2].IsSubscribed);
        _peers[0].Send("t2");
        await SeenAsync("t1", "t2");
        Assert.Equal([SubscriptionCause.Connected], Causes());

        _peers[2].Send("t3");
        _peers[0].Send("t3");
        Eventually.True(() => _peers[0].HasEnded);
        _peers[2].Send("t4");
        await SeenAsync("t1", "t2", "t3", "t4");
        Assert.Equal([SubscriptionCause.Connected, SubscriptionCause.Replaced], Causes());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Renewal_LinkIsGivenUpMeanwhile_BothConnectionsEnd(bool isDisposed)
    {
        await RenewAsync(Long);

        if (isDisposed)
        {
            _link!.Dispose();
        }
        else
        {
            _link!.EndProbe(AfterProbe.Close);
        }

        Eventually.True(() => _peers[0].HasEnded && _peers[1].HasEnded);
        Eventually.True(() => _timers.Count == 0);
    }

    /// <summary>Subscribes, gets a message, and has the connection renewed; the publisher has said nothing on the new one.</summary>
    private async Task RenewAsync(TimeSpan attempt)
    {
        var options = new LinkOptions
        {
            Name = "test",
            Endpoint = _server.Endpoint,
            SocketType = SocketType.Sub,
            Topics = [[(byte)'t']],
            Reconnect = new ReconnectOptions { AttemptTimeout = attempt, InitialDelay = TimeSpan.FromMilliseconds(1) },
            AttemptTimeout = attempt,
            MaxConnectionAge = TimeSpan.FromTicks(1),
        };
        _link = new ZmtpSubscriptionLink(options, new ZmtpContext(_timers, new NameResolver()), new LateReplyBudget(1), this);
        await _link.OpenAsync(After(60));
        await Task.Yield();
        Eventually.True(() => _peers[0].IsSubscribed);
        _peers[0].Send("t1");
        await SeenAsync("t1");
        _link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => _peers[1].IsSubscribed);
    }

    private async Task SeenAsync(params string[] expected)
    {
        await Task.Yield();
        Eventually.True(() => Messages().Length >= expected.Length);
        Assert.Equal(expected, Messages());
    }

    private string[] Messages()
    {
        lock (_messages)
        {
            return [.. _messages];
        }
    }

    private SubscriptionCause[] Causes()
    {
        lock (_messages)
        {
            return [.. _causes];
        }
    }

    private Timestamp After(double seconds) => _timers.After(TimeSpan.FromSeconds(seconds));

    /// <summary>The publisher's end of one connection.</summary>
    private sealed class Peer
    {
        private volatile ScriptedPeer? _peer;
        private volatile bool _hasEnded;

        public bool IsSubscribed => _peer is not null;

        public bool HasEnded
        {
            get => _hasEnded;
            set => _hasEnded = value;
        }

        public void Subscribed(ScriptedPeer peer) => _peer = peer;

        public void Send(string text) => _peer!.SendMessage(text);

        public void Reset() => _peer!.Reset();
    }
}
