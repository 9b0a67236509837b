using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Zmtp.Listening;
using Zmtp.Security;

namespace Zmtp.Tests.Listening;

/// <summary>Who is let in, who has to go, and what the listener says of its own doings: real sockets, and a clock that the test moves.</summary>
public sealed class IncomingConnectionsTests : ConnectionTestBase, IListenerHandler
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly ConcurrentQueue<ListenerPeer> _opened = new();
    private readonly ConcurrentQueue<(ListenerPeer Peer, ZmtpError Error)> _closed = new();
    private readonly ConcurrentQueue<ZmtpError> _refused = new();
    private readonly ConcurrentQueue<string> _messages = new();
    private int _turnedAway;
    private int _acceptFailures;

    [Fact]
    public async Task Accept_NoDescriptorsAreLeft_PausesLongerEachTimeAndSaysSo()
    {
        var failures = 3;
        var endpoint = Listen(new ListenerLimits(), out var connections, (socket, end) =>
            Interlocked.Decrement(ref failures) >= 0 ? throw new SocketException((int)SocketError.TooManyOpenSockets) : socket.AcceptAsync(end));
        await Eventually.TrueAsync(() => _acceptFailures == 1, "nobody noticed the failure");
        Assert.Equal(Now, connections.KeptAwayAt);
        var client = Push(endpoint);

        // 50, 100 and 200 ms.
        foreach (var (pause, count) in new[] { (49, 1), (1, 2), (99, 2), (1, 3), (199, 3) })
        {
            _time.Advance(TimeSpan.FromMilliseconds(pause));
            await Eventually.TrueAsync(() => _acceptFailures == count, $"there are {_acceptFailures} failures and not {count}");
        }

        Assert.Empty(_opened);
        Assert.Equal(Now - TimeSpan.FromMilliseconds(199), connections.KeptAwayAt);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await OpenAsync(client);
    }

    [Fact]
    public async Task Idle_ForAnHour_IsAskedToLeaveAndLosesNothing()
    {
        var endpoint = Listen(new ListenerLimits(), out _);
        using var client = await RawPushAsync(endpoint);
        await AdvanceAsync(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        Assert.Equal(0, await ReadAsync(client)); // the end of our side

        await client.SendAsync((byte[])[0, 3, .. "abc"u8], TestContext.Current.CancellationToken); // it had sent that before it saw the end
        await Eventually.TrueAsync(() => _messages.Contains("abc", StringComparer.Ordinal), "the message was thrown away");
        client.Close();

        await Eventually.TrueAsync(() => _closed.Count == 1, "the connection stayed");
        Assert.True(_closed.Single().Error.IsByPeer);
    }

    [Fact]
    public async Task Idle_AndDoesNotLeave_IsClosed()
    {
        var endpoint = Listen(new ListenerLimits(), out var connections);
        using var client = await RawPushAsync(endpoint);
        await AdvanceAsync(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        Assert.Equal(0, await ReadAsync(client));
        Assert.Empty(_closed);

        await AdvanceAsync(TimeSpan.FromSeconds(11));
        await Eventually.TrueAsync(() => _closed.Count == 1, "the connection stayed");
        Assert.Equal((ZmtpErrorCode.Local, 0), (_closed.Single().Error.Code, connections.Open));
    }

    [Fact]
    public async Task Open_NoRoom_TheOneWhoSentNothingForLongestMakesRoom()
    {
        var endpoint = Listen(new ListenerLimits { MaxOpen = 2, MaxOpenPerAddress = 2 }, out var connections);
        using var quiet = await RawPushAsync(endpoint);
        using var busy = await RawPushAsync(endpoint);
        await AdvanceAsync(TimeSpan.FromSeconds(61));
        await busy.SendAsync((byte[])[0, 3, .. "abc"u8], TestContext.Current.CancellationToken);
        await quiet.SendAsync((byte[])[0, 9, .. "a"u8], TestContext.Current.CancellationToken); // a byte now and then keeps no place
        await Eventually.TrueAsync(() => _messages.Contains("abc", StringComparer.Ordinal), "nothing came");
        await connections.ReadAllAsync();

        // Who says nothing yet takes nobody's place.
        using var silent = await ConnectAsync(endpoint);
        await Eventually.TrueAsync(() => Read(silent, 10), "nobody greeted it");
        Assert.Empty(_closed);

        using var newer = await RawPushAsync(endpoint, count: 3);
        await Eventually.TrueAsync(() => _closed.Count == 1, "nobody made room");
        Assert.Equal((_opened.First(), ZmtpErrorCode.Local), (_closed.Single().Peer, _closed.Single().Error.Code));
        Assert.Contains("made room", _closed.Single().Error.Message, StringComparison.Ordinal);
        Assert.Equal(2, connections.Open);
        Assert.False(connections.KeptAwayAt.IsSet);

        // Both have sent something since, so that nobody has to go: a further one is turned away, which is our doing.
        await newer.SendAsync((byte[])[0, 3, .. "def"u8], TestContext.Current.CancellationToken);
        using var last = await RawPushAsync(endpoint, opens: false);
        await Eventually.TrueAsync(() => _turnedAway == 1, "it was not turned away");
        Assert.Equal(Now, connections.KeptAwayAt);
        Assert.Equal(Now, _opened.First().KeptAwayAt);
    }

    [Fact]
    public async Task Take_TooManyInASecond_AreTurnedAwayUntilItIsOver()
    {
        var endpoint = Listen(new ListenerLimits { MaxNewPerSecond = 2 }, out var connections);
        using var first = await RawPushAsync(endpoint);
        using var second = await RawPushAsync(endpoint);
        Assert.False(connections.KeptAwayAt.IsSet);

        using var third = await ConnectAsync(endpoint);
        await Eventually.TrueAsync(() => _turnedAway == 1, "it was let in");
        Assert.Equal(Now, _opened.First().KeptAwayAt);

        await AdvanceAsync(TimeSpan.FromSeconds(1));
        using var fourth = await RawPushAsync(endpoint, count: 3);
    }

    [Fact]
    public async Task Take_HandshakesWithoutRoom_TheRefusedGoFirstAndThenTheOldest()
    {
        var endpoint = Listen(new ListenerLimits { MaxPending = 2, MaxPendingPerAddress = 2 }, out var connections);
        using var slow = await ConnectAsync(endpoint);
        using var refused = await ConnectAsync(endpoint);
        await refused.SendAsync((byte[])[.. Hello, .. ReadyOf("PULL")], TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => _refused.Count == 1, "a PULL was let in");
        Assert.Equal(ZmtpErrorCode.SocketType, _refused.Single().Code);

        using var third = await ConnectAsync(endpoint);
        await Eventually.TrueAsync(() => HasEnded(refused), "the one that was refused stayed");
        Assert.False(connections.KeptAwayAt.IsSet);

        using var fourth = await ConnectAsync(endpoint);
        await Eventually.TrueAsync(() => HasEnded(slow), "the oldest one stayed");
        Assert.Equal(ZmtpErrorCode.HandshakeTimeout, _refused.Last().Code);
        Assert.Equal(Now, connections.KeptAwayAt);
    }

    [Fact]
    public async Task Ping_WhoAsksWhileOneIsOut_GetsTheSameAnswer()
    {
        var endpoint = Listen(new ListenerLimits(), out _);
        using var client = await RawPushAsync(endpoint);
        var peer = _opened.Single();

        var first = peer.Ping()!;
        Assert.Same(first, peer.Ping());
        var ping = new byte[17];
        await Eventually.TrueAsync(() => client.Available >= ping.Length, "no PING came");
        Assert.Equal(ping.Length, await client.ReceiveAsync(ping, TestContext.Current.CancellationToken));
        Assert.Equal("PING", Encoding.ASCII.GetString(ping.AsSpan(3, 4)));
        Assert.False(first.Answer.IsCompleted);

        await client.SendAsync((byte[])[4, 13, 4, .. "PONG"u8, .. ping[9..]], TestContext.Current.CancellationToken);
        Assert.True((await first.Answer.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken)).IsSet);
        var second = peer.Ping()!;
        Assert.NotSame(first, second);

        client.Close();
        Assert.False((await second.Answer.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken)).IsSet);
        Assert.Null(peer.Ping());
        Assert.False(peer.EndedAtPing); // it has answered one
    }

    [Fact]
    public async Task Ping_PeerOfZmtp30_GetsNone()
    {
        var endpoint = Listen(new ListenerLimits(), out _);
        using var client = await RawPushAsync(endpoint, minor: 0);

        Assert.False(_opened.Single().KnowsPing);
        Assert.Null(_opened.Single().Ping());
    }

    [Fact]
    public async Task Ping_PeerThatEndsTheConnectionAtIt_IsKnownForThat()
    {
        var endpoint = Listen(new ListenerLimits(), out _);
        using var client = await RawPushAsync(endpoint);
        Assert.NotNull(_opened.Single().Ping());

        client.Close();

        await Eventually.TrueAsync(() => _closed.Count == 1, "its end was not seen");
        Assert.True(_opened.Single().EndedAtPing);
    }

    [Fact]
    public async Task ReadAll_BeatBehindAHandshake_IsThereAfterwards()
    {
        var endpoint = Listen(new ListenerLimits(), out var connections);
        using var client = await ConnectAsync(endpoint);
        await client.SendAsync((byte[])[.. Hello, .. ReadyOf("PUSH"), 0, 3, .. "abc"u8], TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(
            () =>
            {
                Assert.True(connections.ReadAllAsync().Wait(Eventually.Deadline, TestContext.Current.CancellationToken));
                return _messages.Contains("abc", StringComparer.Ordinal);
            },
            "the beat is not there");
    }

    void IListenerHandler.OnOpened(ListenerPeer peer) => _opened.Enqueue(peer);

    void IListenerHandler.OnMessage(ListenerPeer peer, ZmtpMessage message, Timestamp arrived) => _messages.Enqueue(Encoding.UTF8.GetString(message[0]));

    void IListenerHandler.OnRefused(ListenerPeer peer, ZmtpError error) => _refused.Enqueue(error);

    void IListenerHandler.OnTurnedAway(string address) => Interlocked.Increment(ref _turnedAway);

    void IListenerHandler.OnAcceptFailed(SocketError? error) => Interlocked.Increment(ref _acceptFailures);

    void IListenerHandler.OnClosed(ListenerPeer peer, ZmtpError error) => _closed.Enqueue((peer, error));

    private static byte[] Hello => HelloOf(1);

    private Timestamp Now => Timestamp.Now(_time);

    private static byte[] HelloOf(byte minor) => [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, minor, .. "NULL"u8, .. new byte[48]];

    private static byte[] ReadyOf(string type) => [4, 26, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 4, .. Encoding.ASCII.GetBytes(type)];

    private static async Task<Socket> ConnectAsync(ListenEndpoint endpoint)
    {
        var client = new Socket(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(endpoint.SocketPath!, TestContext.Current.CancellationToken);
        return client;
    }

    private static async Task<int> ReadAsync(Socket client) =>
        await client.ReceiveAsync(new byte[256], TestContext.Current.CancellationToken).AsTask().WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);

    private static bool Read(Socket client, int count) => client.Available >= count && client.Receive(new byte[256]) >= count;

    private static bool HasEnded(Socket client)
    {
        try
        {
            return client.Poll(0, SelectMode.SelectRead) && client.Receive(new byte[1024]) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    // All of our side has been read: what comes next is new.
    private async Task<Socket> RawPushAsync(ListenEndpoint endpoint, int count = 0, byte minor = 1, bool opens = true)
    {
        var wanted = count > 0 ? count : _opened.Count + 1;
        var client = await ConnectAsync(endpoint);
        await client.SendAsync((byte[])[.. HelloOf(minor), .. ReadyOf("PUSH")], TestContext.Current.CancellationToken);
        if (opens)
        {
            await Eventually.TrueAsync(() => _opened.Count == wanted, "it did not open");
            await Eventually.TrueAsync(() => Read(client, 64 + 28), "our READY did not come");
        }

        return client;
    }

    private ZmtpConnection Push(ListenEndpoint endpoint)
    {
        Assert.True(ZmtpEndpoint.TryParse(endpoint.ToString(), out var address, out _));
        return Connect(address, 60_000, new ZmtpOptions { SocketType = SocketType.Push });
    }

    private async Task OpenAsync(ZmtpConnection client)
    {
        await Eventually.TrueAsync(() => _opened.Count == 1, "nobody was let in");
        _handler.WaitFor("OnOpened");
        Assert.False(client.IsClosed);
    }

    private ListenEndpoint Listen(ListenerLimits limits, out IncomingConnections connections, Func<Socket, CancellationToken, ValueTask<Socket>>? accept = null)
    {
        var timers = Keep(new TimerQueue(_time));
        Assert.True(ListenEndpoint.TryParse($"ipc://@zmtp-listener-{Guid.NewGuid():N}", out var endpoint, out _));
        connections = Keep(new IncomingConnections(new ListenerContext(timers, new DescriptorBudget(), new BufferBudget()), ListenerSecurity.Null, "ZHB1", limits, this));
        Keep(ZmtpListener.Start(endpoint, connections, accept));
        return endpoint;
    }

    // Second by second at the end, as the housekeeping looks.
    private async Task AdvanceAsync(TimeSpan span)
    {
        _time.Advance(span - TimeSpan.FromSeconds(1));
        await Task.Yield();
        _time.Advance(TimeSpan.FromSeconds(1));
    }
}
