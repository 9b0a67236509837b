using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Sockets;

public sealed class DialerTests : IDisposable
{
    private static readonly IPAddress Second = IPAddress.Parse("127.0.0.2");

    private static readonly ConnectLimits Few = new() { MaxAtOnce = 1, Burst = 100, PerSecond = 100 };

    private readonly RecordingHandler _handler = new();
    private ConnectLimits? _limits; // the usual ones
    private ConnectGate? _gate;
    private readonly List<IDisposable> _things = [];

    public void Dispose() => _things.ForEach(thing => thing.Dispose());

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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Start_UnixSocket_OpensAndCarriesMessages(bool isAbstract)
    {
        using var directory = new TemporaryDirectory();
        var name = isAbstract ? $"@zmtp-tests-{Guid.NewGuid():N}" : Path.Combine(directory.Path, "server.sock");
        Keep(new ScriptedServer(
            peer =>
            {
                peer.Handshake("REP");
                Assert.Equal(["", "ping"], peer.ExpectMessage());
                peer.SendMessage("", "pong");
                peer.ExpectEnd();
            },
            new UnixDomainSocketEndPoint(isAbstract ? $"\0{name[1..]}" : name)));

        var connection = Connect($"ipc://{name}", new NameResolver(), TimeProvider.System);
        _handler.WaitFor("OnOpened");
        connection.Send(ZmtpMessage.FromText("ping"));

        _handler.WaitFor("OnMessage");
        Assert.Equal("pong", RecordingOutput.Text(_handler.Messages[0]));
        Assert.Null(connection.Timings.Resolve);
    }

    [Fact]
    public void Start_NoSuchUnixSocket_IsRefused()
    {
        using var directory = new TemporaryDirectory();

        Connect($"ipc://{directory.Path}/nobody.sock", new NameResolver(), TimeProvider.System);

        var error = _handler.WaitForError();
        Assert.Equal(ZmtpErrorCode.Refused, error.Code);
        Assert.Contains("there is no such socket", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_UnixSocketOfADeadServer_IsRefused()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "dead.sock");
        using (var dead = new Socket(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path)); // and never listens
            Connect($"ipc://{path}", new NameResolver(), TimeProvider.System);
            Assert.Equal(ZmtpErrorCode.Refused, _handler.WaitForError().Code);
        }
    }

    [Fact]
    public void Start_UnixSocketWithAFullBacklog_WaitsAndThenIsAConnectTimeout()
    {
        using var directory = new TemporaryDirectory();
        var address = new UnixDomainSocketEndPoint(Path.Combine(directory.Path, "full.sock"));
        using var listener = new Socket(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen(0);
        using var filler = new Socket(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified);
        filler.Connect(address);

        Connect($"ipc://{directory.Path}/full.sock", new NameResolver(), TimeProvider.System, timeout: TimeSpan.FromMilliseconds(300));

        var error = _handler.WaitForError();
        Assert.Equal(ZmtpErrorCode.ConnectTimeout, error.Code);
        Assert.Contains("backlog is full", error.Message, StringComparison.Ordinal);
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
    public void Start_NoDescriptorLeft_IsOurOwnFaultAndNobodyIsAsked()
    {
        var budget = new DescriptorBudget { Limit = 1 };
        Assert.True(budget.TryTake());
        Connect("tcp://two.addresses:9", new NameResolver(_ => [IPAddress.Loopback, Second]), TimeProvider.System, descriptors: budget);

        var error = _handler.WaitForError();

        Assert.Equal(budget.Refusal, error);
        Assert.Equal("Local", _handler.Log); // and no attempt before it
        Assert.Equal(1, budget.InUse);
    }

    // Nobody has asked the second one: that the first is silent is no verdict on the server.
    [Fact]
    public void Start_FirstAddressIsABlackHoleAndNoDescriptorIsLeftForTheSecond_IsOurOwnFault()
    {
        var hole = Keep(new BlackHole());
        var budget = new DescriptorBudget { Limit = 1 };
        var time = new FakeTimeProvider();
        Connect($"tcp://two.addresses:{hole.Port}", new NameResolver(_ => [IPAddress.Loopback, Second]), time, descriptors: budget);
        _handler.WaitFor("ConnectDelayed");

        Eventually.True(() =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return _handler.Error is not null;
        });

        Assert.StartsWith("this process has no file descriptors left", _handler.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(ZmtpErrorCode.Local, _handler.Error.Code);
        Assert.Equal(1, _handler.Count("ConnectDelayed"));
    }

    [Fact]
    public void Start_FirstAddressRefusesAndNoDescriptorIsLeftForTheSecond_IsOurOwnFault()
    {
        var budget = new DescriptorBudget { Limit = 1 };
        _handler.Happened = connectionEvent =>
        {
            if (connectionEvent == ConnectionEvent.Closed)
            {
                budget.Limit = 0;
            }
        };
        Connect($"tcp://two.addresses:{RefusingPort()}", new NameResolver(_ => [IPAddress.Loopback, Second]), TimeProvider.System, descriptors: budget);

        var error = _handler.WaitForError();

        Assert.StartsWith("this process has no file descriptors left", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, _handler.Count("ConnectDelayed"));
    }

    // On the threads of the pool and the network an exception that nobody catches ends the process, this one too.
    [Theory]
    [InlineData("Begin", 0)]
    [InlineData("TakeAddresses", 0)]
    [InlineData("Next", 0)]
    [InlineData("TryNext", 0)]
    [InlineData("TryNext", 1)]
    [InlineData("Proceed", 0)]
    [InlineData("Take", 0)]
    [InlineData("OnConnected", 0)]
    [InlineData("OnConnected", 1)]
    public void Start_AllocationThatFails_EndsTheConnectionAsOurOwnFault(string method, int skipped)
    {
        var budget = new DescriptorBudget { Limit = 10 };
        var hole = method == "Proceed" ? Keep(new BlackHole()) : null;
        var server = Keep(new ScriptedServer(peer => peer.ExpectEnd()));
        var clock = new FailingClock(method, skipped);
        Connect($"tcp://name:{hole?.Port ?? server.Port}", new NameResolver(_ => [IPAddress.Loopback]), clock, TimeSpan.FromSeconds(1), budget);

        var error = _handler.WaitForError();

        Assert.True(clock.HasFailed);
        Assert.Equal(SocketErrors.NoMemoryToConnect, error);
        Eventually.True(() => budget.InUse == 0);
    }

    [Fact]
    public void Start_ConnectionThatEnds_GivesItsDescriptorBack()
    {
        var budget = new DescriptorBudget { Limit = 2 };
        var server = Keep(new ScriptedServer(
            peer =>
            {
                peer.Handshake("REP");
                peer.ExpectEnd();
            },
            new IPEndPoint(Second, 0)));
        var connection = Connect(
            $"tcp://two.addresses:{server.Port}", new NameResolver(_ => [IPAddress.Loopback, Second]), TimeProvider.System, descriptors: budget);
        _handler.WaitFor("OnOpened");
        Assert.Equal(1, budget.InUse); // the first address refused, and its socket is closed

        connection.Dispose();
        Assert.Equal(0, budget.InUse);
    }

    [Fact]
    public void Start_NoDescriptorLeftToLookTheNameUp_IsOurOwnFault()
    {
        var budget = new DescriptorBudget { Limit = 2 };
        var resolver = new NameResolver(_ => throw new InvalidOperationException("must not be asked"), descriptors: budget);
        Connect("tcp://any.name:9", resolver, TimeProvider.System, descriptors: budget);

        var error = _handler.WaitForError();

        Assert.Equal(ZmtpErrorCode.Local, error.Code);
        Assert.Contains("no file descriptors left to look up any.name", error.Message, StringComparison.Ordinal);
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

    [Fact]
    public void Start_AddressIsFull_IsHeldBackAndNobodyIsAsked()
    {
        var server = Keep(new ScriptedServer(peer => peer.ExpectEnd()));
        _limits = Few;
        Connect($"tcp://127.0.0.1:{server.Port}", new NameResolver(), new FakeTimeProvider());
        _handler.WaitFor("Connected");

        Connect($"tcp://127.0.0.1:{server.Port}", new NameResolver(), new FakeTimeProvider());

        var error = _handler.WaitForError();
        Assert.Equal((ZmtpErrorCode.Local, true), (error.Code, error.IsHeldBack));
        Assert.Equal(1, _handler.Count("ConnectDelayed"));
    }

    // The other address says nothing of a server that nobody asked.
    [Fact]
    public void Start_OneAddressIsFullAndTheOtherRefuses_IsHeldBack()
    {
        var server = Keep(new ScriptedServer(peer => peer.ExpectEnd()));
        _limits = Few;
        Connect($"tcp://127.0.0.1:{server.Port}", new NameResolver(), new FakeTimeProvider());
        _handler.WaitFor("Connected");

        Connect($"tcp://two.addresses:{server.Port}", new NameResolver(_ => [Second, IPAddress.Loopback]), new FakeTimeProvider());

        Assert.True(_handler.WaitForError().IsHeldBack);
        Assert.Equal(2, _handler.Count("ConnectDelayed"));
    }

    [Fact]
    public void Start_OneAddressIsFull_TheOtherOneIsUsed()
    {
        var server = Keep(new ScriptedServer(peer => peer.ExpectEnd()));
        Keep(new ScriptedServer(
            peer =>
            {
                peer.Handshake("REP");
                peer.ExpectEnd();
            },
            new IPEndPoint(Second, server.Port)));
        _limits = Few;
        Connect($"tcp://127.0.0.1:{server.Port}", new NameResolver(), new FakeTimeProvider());
        _handler.WaitFor("Connected");

        Connect($"tcp://two.addresses:{server.Port}", new NameResolver(_ => [IPAddress.Loopback, Second]), new FakeTimeProvider());

        _handler.WaitFor("OnOpened");
    }

    private ZmtpConnection Connect(
        string endpoint, NameResolver resolver, TimeProvider time, TimeSpan? timeout = null, DescriptorBudget? descriptors = null)
    {
        var timers = Keep(new TimerQueue(time));
        if (_limits is not null)
        {
            _gate ??= new ConnectGate(_limits, timers);
        }

        var context = new ZmtpContext(timers, resolver) { Descriptors = descriptors ?? new DescriptorBudget() };
        context = _gate is null ? context : context with { Gate = _gate };
        return Keep(ZmtpConnection.Start(
            ScriptedServer.Parse(endpoint),
            new ZmtpOptions { SocketType = SocketType.Req },
            context,
            timers.After(timeout ?? TimeSpan.FromSeconds(10)),
            _handler));
    }

    private static int RefusingPort()
    {
        using var server = new ScriptedServer(_ => { });
        return server.Port;
    }

    private T Keep<T>(T thing)
        where T : IDisposable
    {
        _things.Insert(0, thing);
        return thing;
    }

    /// <summary>Says once that there is no memory, to the dialer or the connection that reads it in one of its methods.</summary>
    private sealed class FailingClock(string method, int skipped) : TimeProvider
    {
        private static readonly Type?[] Connecting = [typeof(Dialer), typeof(AddressRace), typeof(AddressQueue), typeof(ConnectionLifecycle), typeof(ZmtpConnection)];

        private int _calls;

        public bool HasFailed => Volatile.Read(ref _calls) > skipped;

        public override long GetTimestamp()
        {
            if (IsCalledByIt() && Interlocked.Increment(ref _calls) == skipped + 1)
            {
#pragma warning disable CA2201, MA0012 // What an allocation throws.
                throw new OutOfMemoryException();
#pragma warning restore CA2201, MA0012
            }

            return base.GetTimestamp();
        }

        // The first of our methods that is more than a name for the present.
        private bool IsCalledByIt() => new StackTrace(1).GetFrames()
            .Select(frame => frame.GetMethod())
            .FirstOrDefault(caller => Connecting.Contains(caller?.DeclaringType) && caller!.Name != "get_Now")?.Name.Split('.')[^1] == method; // an interface may stand before it
    }

    private sealed class TemporaryDirectory : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("zmtp").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
