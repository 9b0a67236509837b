using System.Net.Sockets;
using System.Text;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Sockets;

/// <summary>When bytes are said to have come, and that none in the socket is passed over, with a reader that does not get to run.</summary>
public sealed class ArrivalTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TimerQueue _timers = new(TimeProvider.System);
    private readonly RecordingHandler _handler = new();
    private readonly List<IDisposable> _things = [];
    private readonly ManualResetEventSlim _isHeld = new();
    private readonly ManualResetEventSlim _release = new();
    private readonly ManualResetEventSlim _isDelivered = new();

    public void Dispose()
    {
        _release.Set();
        _things.ForEach(thing => thing.Dispose());
        _timers.Dispose();
    }

    [Fact]
    public void OnMessage_ReaderThatWasHeldUp_HasTheKernelsTime()
    {
        Kernel.WaitForStamps();
        Connect(peer => peer.SendMessage("late read"));
        WaitForDelivery();
        var until = _timers.After(TimeSpan.Zero);

        _release.Set();

        _handler.WaitFor("OnMessage", 2);
        Assert.True(_handler.Arrivals[1].IsExact);
        Assert.True(_handler.Arrivals[1].Latest <= until);
        Assert.True(_handler.Arrivals[0].Latest <= _handler.Arrivals[1].Latest);
    }

    [Fact]
    public void OnMessage_SeveralInOneRead_OnlyTheLastHasAnExactTime()
    {
        Kernel.WaitForStamps();
        Connect(peer => peer.Send([.. PeerBytes.Message("first"), .. PeerBytes.Message("second"), .. PeerBytes.Message("third")]));
        WaitForDelivery();

        _release.Set();

        _handler.WaitFor("OnMessage", 4);
        var arrivals = _handler.Arrivals;
        Assert.Equal([false, false, true], arrivals.Skip(1).Select(arrival => arrival.IsExact));
        Assert.Equal(arrivals[3].Latest, arrivals[1].Latest);
        Assert.True(arrivals[0].Latest <= arrivals[1].Latest);
        Assert.True(arrivals[1].Earliest < arrivals[1].Latest);
    }

    [Fact]
    public void OnMessage_StartOfAnotherBehindIt_HasNoExactTime()
    {
        Connect(peer => peer.Send([.. PeerBytes.Message("whole"), 0]));
        WaitForDelivery();

        _release.Set();

        _handler.WaitFor("OnMessage", 2);
        Assert.False(_handler.Arrivals[1].IsExact);
    }

    [Fact]
    public void OnMessage_LongerThanOneRead_HasTheTimeOfItsEnd()
    {
        Kernel.WaitForStamps();
        Connect(peer => peer.SendMessage(new string('x', 50_000)));
        WaitForDelivery();
        var until = _timers.After(TimeSpan.Zero);

        _release.Set();

        _handler.WaitFor("OnMessage", 2);
        Assert.True(_handler.Arrivals[1].IsExact);
        Assert.True(_handler.Arrivals[1].Latest <= until);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReadThen_ReaderThatWasHeldUp_ReadsTheSocketFirst(bool isUnix)
    {
        var connection = Connect(peer => peer.SendMessage("in the socket"), isUnix);
        WaitForDelivery();
        var until = _timers.After(TimeSpan.Zero);

        connection.ReadThen(until, static handler => ((RecordingHandler)handler!).Add("then"), _handler);
        _release.Set();

        _handler.WaitFor("then");
        Assert.EndsWith("OnMessage OnMessage then", _handler.Log, StringComparison.Ordinal);
        Assert.True(_handler.Arrivals[1].Earliest <= until);
        Assert.NotEqual(isUnix, _handler.Arrivals[1].IsExact);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReadThen_EndOfTheStreamBehindTheBytes_IsSeenFirst(bool isUnix)
    {
        var connection = Connect(
            peer =>
            {
                peer.SendMessage("goodbye");
                peer.Socket.Shutdown(SocketShutdown.Send);
            },
            isUnix);
        WaitForDelivery();

        connection.ReadThen(_timers.After(TimeSpan.Zero), static handler => ((RecordingHandler)handler!).Add("then"), _handler);
        _release.Set();

        _handler.WaitFor("then");
        Assert.EndsWith("OnMessage OnMessage Disconnected Disconnected then", _handler.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadThen_NoConnectionOrNoMore_CallsBack()
    {
        var hole = new BlackHole();
        _things.Add(hole);
        var connection = Start(hole.Endpoint, new ZmtpOptions { SocketType = SocketType.Dealer });
        _handler.WaitFor("ConnectDelayed");

        connection.ReadThen(Timestamp.None, static handler => ((RecordingHandler)handler!).Add("dialing"), _handler);
        _handler.WaitFor("dialing");
        connection.Dispose();
        connection.ReadThen(Timestamp.None, static handler => ((RecordingHandler)handler!).Add("closed"), _handler);
        _handler.WaitFor("closed");
    }

    [Fact]
    public void ReadThen_PeerThatAlwaysHasMore_CallsBackAllTheSame()
    {
        var block = Enumerable.Repeat(PeerBytes.Message(new string('x', 1000)), 64).SelectMany(bytes => bytes).ToArray();
        var frames = new FrameCounter(_handler);
        var server = Serve(peer =>
        {
            peer.Handshake("PUB");
            while (true)
            {
                peer.Send(block);
            }
        });
        var connection = Start(server.Endpoint, new ZmtpOptions { SocketType = SocketType.Sub }, frames);
        _handler.WaitFor("OnOpened");

        for (var i = 0; i < 5; i++)
        {
            connection.ReadThen(Timestamp.Never, static handler => ((RecordingHandler)handler!).Add("then"), _handler);
        }

        _handler.WaitFor("then", 5);
        var before = frames.Count;
        Eventually.True(() => frames.Count > before + 1000);
    }

    [Fact]
    public void ReadThen_FromManyThreadsDuringReads_NoMessageIsLostDoubledOrOvertaken()
    {
        const int Count = 20_000;
        var server = Serve(peer =>
        {
            peer.Handshake("ROUTER");
            for (var i = 0; i < Count; i++)
            {
                peer.SendMessage($"{i}");
            }

            peer.ExpectEnd();
        });
        var inside = 0;
        var wrong = 0;
        var next = 0;
        _handler.Received = message =>
        {
            wrong += Interlocked.Increment(ref inside) != 1 || Encoding.UTF8.GetString(message[0]) != $"{next++}" ? 1 : 0;
            Interlocked.Decrement(ref inside);
        };
        var connection = Start(server.Endpoint, new ZmtpOptions { SocketType = SocketType.Dealer });
        using var calls = new CountdownEvent(1);

        Eventually.True(() =>
        {
            calls.AddCount();
            connection.ReadThen(_timers.After(TimeSpan.Zero), static calls => ((CountdownEvent)calls!).Signal(), calls);
            return Volatile.Read(ref next) == Count;
        });

        calls.Signal();
        Assert.True(calls.Wait(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(0, wrong);
        Assert.Equal(Count, _handler.Messages.Count);
    }

    // A peer that sends a message, whose handler holds the reader up, and then something else, which lies in the socket when _isDelivered is set.
    private ZmtpConnection Connect(Action<ScriptedPeer> second, bool isUnix = false)
    {
        var script = (ScriptedPeer peer) =>
        {
            peer.Handshake("ROUTER");
            peer.SendMessage("first");
            _isHeld.Wait(Patience);
            second(peer);
            if (!isUnix)
            {
                Kernel.WaitUntilDelivered(peer.Socket);
            }

            _isDelivered.Set();
            peer.ExpectEnd();
        };
        _handler.Received = _ =>
        {
            _isHeld.Set();
            _release.Wait(Patience);
        };
        if (!isUnix)
        {
            return Start(Serve(script).Endpoint, new ZmtpOptions { SocketType = SocketType.Dealer });
        }

        var name = $"zmtp-tests-{Guid.NewGuid():N}";
        _things.Add(new ScriptedServer(script, new UnixDomainSocketEndPoint($"\0{name}")));
        return Start(ScriptedServer.Parse($"ipc://@{name}"), new ZmtpOptions { SocketType = SocketType.Dealer });
    }

    private void WaitForDelivery() => Assert.True(_isDelivered.Wait(Patience, TestContext.Current.CancellationToken));

    private ScriptedServer Serve(Action<ScriptedPeer> script)
    {
        var server = new ScriptedServer(script);
        _things.Add(server);
        return server;
    }

    private ZmtpConnection Start(ZmtpEndpoint endpoint, ZmtpOptions options, IConnectionHandler? handler = null)
    {
        var context = new ZmtpContext(_timers, new NameResolver());
        var connection = ZmtpConnection.Start(endpoint, options, context, _timers.After(Patience), handler ?? _handler);
        _things.Insert(0, connection);
        return connection;
    }

    private sealed class FrameCounter(IConnectionHandler handler) : IConnectionHandler, IFrameReceiver
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public int? MaxLength => null;

        public IFrameReceiver CreateReceiver(ZmtpConnection connection) => this;

        public int KeptLength(int number) => 0;

        public ZmtpError? OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
        {
            Interlocked.Increment(ref _count);
            return null;
        }

        public void OnEvent(ConnectionEvent connectionEvent) => handler.OnEvent(connectionEvent);

        public void OnOpened(ZmtpConnection connection, PeerInfo peer) => handler.OnOpened(connection, peer);

        public void OnPong(ZmtpConnection connection, Timestamp timestamp) => handler.OnPong(connection, timestamp);

        public void OnClosed(ZmtpConnection connection, ZmtpError error) => handler.OnClosed(connection, error);
    }
}
