using System.Net.Sockets;
using System.Text;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Sockets;

public sealed class ConnectionReceiverTests : IDisposable
{
    private readonly SocketWatch _watch = SocketWatch.TryCreate()!; // a test holds it up
    private readonly Socket _client;
    private readonly Socket _server;
    private readonly TextReceiver _owner = new();
    private readonly ConnectionReceiver _receiver;

    public ConnectionReceiverTests()
    {
        (_client, _server) = Kernel.Connect();
        _receiver = new ConnectionReceiver(_owner, _client, default, TimeProvider.System, new BulkLane());
    }

    public void Dispose()
    {
        _owner.Goes.Set();
        _client.Dispose();
        _server.Dispose();
        _receiver.Stop();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void ReceiveAll_PiecesOfEverySize_AllComeAndThenTheEnd(bool isWatched, bool isQuick)
    {
        _owner.IsQuick = isQuick;
        var sent = new StringBuilder();
        Start(isWatched);
        foreach (var size in (int[])[1, 100, 511, 512, 513, 5000, 32 * 1024, 1, 200_000, 17])
        {
            var piece = new string((char)('a' + (size % 26)), size);
            sent.Append(piece);
            _server.Send(Encoding.ASCII.GetBytes(piece));
            Eventually.True(() => _owner.Length == sent.Length);
        }

        _server.Shutdown(SocketShutdown.Send);

        _owner.WaitForTheEnd();
        Assert.Equal(sent.ToString(), _owner.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ReceiveAll_EndRightBehindTheBytes_IsSeen(bool isWatched)
    {
        _owner.IsQuick = true;
        _owner.Goes.Reset(); // who reads the first byte is held up, until the rest and the end are there
        Start(isWatched);
        _server.Send("1"u8);
        Eventually.True(() => _owner.Length == 1);
        _server.Send("2"u8);
        _server.Shutdown(SocketShutdown.Send);
        Kernel.WaitUntilDelivered(_server);

        _owner.Goes.Set();

        _owner.WaitForTheEnd();
        Assert.Equal("12", _owner.Text);
    }

    [Fact]
    public void ReceiveAll_BytesAndEndBeforeItBegins_AreSeen()
    {
        _server.Send("all"u8);
        _server.Shutdown(SocketShutdown.Send);
        Kernel.WaitUntilDelivered(_server);

        Start(isWatched: true);

        _owner.WaitForTheEnd();
        Assert.Equal("all", _owner.Text);
    }

    [Fact]
    public void ReceiveAll_FewBytesForAQuickOwner_NeedNoThreadOfThePool()
    {
        _owner.IsQuick = true;
        Start(isWatched: true);
        Settle();

        Send("ping");
        Assert.Equal(SocketWatch.ThreadName, _owner.Threads.Last());

        Send(new string('x', 2000)); // more than one small read
        Assert.NotEqual(SocketWatch.ThreadName, _owner.Threads.Last(), StringComparer.Ordinal);
    }

    [Fact]
    public void ReceiveAll_OwnerThatIsNotQuick_IsCalledOnThePool()
    {
        Start(isWatched: true);
        Settle();

        Send("ping");

        Assert.DoesNotContain(SocketWatch.ThreadName, _owner.Threads, StringComparer.Ordinal);
    }

    [Fact]
    public void ReceiveAll_SomebodyElseReadsAndStandsStill_NobodyWaitsForThat()
    {
        _owner.IsQuick = true;
        Start(isWatched: true);
        Settle();
        using var watch = new HeldWatch(_watch);
        _owner.Goes.Reset();
        _server.Send("held"u8);
        var other = new Thread(() =>
        {
            var last = -1L;
            _receiver.CatchUp(Timestamp.Never, ref last);
        });
        other.Start();
        Eventually.True(() => _owner.Length > 1); // it stands in the owner, in its turn

        watch.Release(); // which is notified of those bytes now

        var (client, server) = Kernel.Connect();
        using (client)
        using (server)
        {
            var free = new TextReceiver { IsQuick = true };
            var receiver = new ConnectionReceiver(free, client, default, TimeProvider.System, new BulkLane());
            receiver.ReceiveAll(_watch);
            server.Send("free"u8);
            Eventually.True(() => free.Length == 4);
        }

        _owner.Goes.Set();
        other.Join();
        Send("more");
        Assert.Equal("sheldmore", _owner.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ReceiveAll_UnixPeerThatSendsDescriptors_GetsNoneInAndAllIsRead(bool isQuick)
    {
        using var directory = new TemporaryDirectory();
        using var listener = new Socket(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified);
        var address = new UnixDomainSocketEndPoint(Path.Combine(directory.Path, "s"));
        listener.Bind(address);
        listener.Listen();
        using var client = new Socket(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(address);
        KernelSocket.SetNonBlocking(client);
        using var server = listener.Accept();
        var owner = new TextReceiver { IsQuick = isQuick };
        var receiver = new ConnectionReceiver(owner, client, default, TimeProvider.System, new BulkLane());
        using var watch = new HeldWatch(_watch);
        receiver.ReceiveAll(_watch);
        var before = DescriptorsOf(Path.Combine(directory.Path, "passed"));

        using (var passed = File.Create(Path.Combine(directory.Path, "passed")))
        {
            DescriptorSender.Send(server, "first"u8, passed.SafeFileHandle);
            DescriptorSender.Send(server, "second"u8, passed.SafeFileHandle);
        }

        watch.Release(); // one event for both
        Eventually.True(() => owner.Text == "firstsecond");
        Assert.Equal((0, 0), (before, DescriptorsOf(Path.Combine(directory.Path, "passed"))));
        client.Close(0);
        receiver.Stop();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Stop_AfterTheSocketWasClosed_EndsOnce(bool isWatched)
    {
        Start(isWatched);
        Settle();

        _client.Close(0);
        _receiver.Stop();
        _receiver.Stop();

        _owner.WaitForTheEnd();
        _receiver.Stop();
        Assert.Equal(1, _owner.Ends);
    }

    [Fact]
    public void Stop_BeforeItBegins_EndsItThen()
    {
        _server.Send("x"u8);
        _client.Close(0);
        _receiver.Stop();
        Assert.Equal(0, _owner.Ends);

        _receiver.ReceiveAll(_watch);

        Assert.Equal((1, 0), (_owner.Ends, _owner.Length));
    }

    private static int DescriptorsOf(string file) => Directory.GetFiles("/proc/self/fd").Count(descriptor => File.ResolveLinkTarget(descriptor, false)?.FullName == file);

    private void Start(bool isWatched) => _receiver.ReceiveAll(isWatched ? _watch : null);

    // The first reads are those of the beginning, which looks for what came before.
    private void Settle()
    {
        Send("s");
        _owner.Threads.Clear();
    }

    private void Send(string text)
    {
        var before = _owner.Length;
        _server.Send(Encoding.ASCII.GetBytes(text));
        Eventually.True(() => _owner.Length == before + text.Length);
    }
}
