using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.EndToEndTests;

/// <summary>The harness checked against itself: each peer behaves as its name says, before a scenario relies on it.</summary>
public sealed class PeerTests
{
    private static readonly TimeSpan Briefly = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task RepServer_EachCommand_ChangesItsAnswers()
    {
        await using var peer = await PythonPeer.StartRepAsync();

        Assert.Equal("pong", await ZmqCheck.AskAsync("REQ", peer.Endpoint, "ping"));
        Assert.Equal("unknown", await ZmqCheck.AskAsync("REQ", peer.Endpoint, "other"));

        await peer.CommandAsync("hang");
        Assert.Equal("nothing", await ZmqCheck.AskAsync("REQ", peer.Endpoint, "ping", Briefly));

        await peer.CommandAsync("resume");
        Assert.Equal("pong", await ZmqCheck.AskAsync("REQ", peer.Endpoint, "ping"));

        await peer.CommandAsync("reply broken beyond repair");
        Assert.Equal("broken beyond repair", await ZmqCheck.AskAsync("REQ", peer.Endpoint, "ping"));

        await peer.CommandAsync("delay 200");
        var start = Stopwatch.GetTimestamp();
        await ZmqCheck.AskAsync("REQ", peer.Endpoint, "ping");
        Assert.True(Stopwatch.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public async Task RepServer_OnAGivenPort_ComesBackThere()
    {
        using var port = new ReservedPort();
        await using (await PythonPeer.StartRepAsync(port.Number))
        {
        }

        await using var second = await PythonPeer.StartRepAsync(port.Number);

        Assert.Equal(port.Number, second.Port);
        Assert.Equal("pong", await ZmqCheck.AskAsync("REQ", second.Endpoint, "ping"));
    }

    [Fact]
    public async Task ReservedPort_WithoutAServer_RefusesConnections()
    {
        using var port = new ReservedPort();
        using var client = new TcpClient();

        var error = await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(IPAddress.Loopback, port.Number, TestContext.Current.CancellationToken).AsTask());

        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    // A thousand ports are a few in a hundred of those that Linux gives away: enough to hit some of as many that are only bound.
    [Fact]
    public void ReservedPort_WhileItLives_IsGivenToNobodyWhoAsksForAFreeOne()
    {
        const int Many = 1000;
        var reserved = Enumerable.Range(0, Many).Select(_ => new ReservedPort()).ToList();
        var others = Enumerable.Range(0, Many).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            others.ForEach(listener => listener.Start());

            Assert.Empty(reserved.Select(port => port.Number).Intersect(others.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)));
        }
        finally
        {
            reserved.ForEach(port => port.Dispose());
            others.ForEach(listener => listener.Dispose());
        }
    }

    [Fact]
    public async Task RepServer_WithPlain_RefusesStrangers()
    {
        await using var peer = await PythonPeer.StartAsync("rep_server.py", "--plain", "probe:secret");

        Assert.Equal("nothing", await ZmqCheck.AskAsync("REQ", peer.Endpoint, "ping", Briefly));
    }

    [Fact]
    public async Task Router_AnyMessage_SendsItBack()
    {
        await using var peer = await PythonPeer.StartAsync("router.py");

        Assert.Equal("hello", await ZmqCheck.AskAsync("DEALER", peer.Endpoint, "hello"));
    }

    [Fact]
    public async Task Publisher_PausedAndResumed_FallsSilentAndComesBack()
    {
        await using var peer = await PythonPeer.StartAsync("pub.py", "--topic", "book.eur");

        Assert.Equal("book.eur", await ZmqCheck.AskAsync("SUB", peer.Endpoint, "book."));
        await peer.CommandAsync("pause");
        Assert.Equal("nothing", await ZmqCheck.AskAsync("SUB", peer.Endpoint, "book.", Briefly));
        await peer.CommandAsync("resume");
        Assert.Equal("book.eur", await ZmqCheck.AskAsync("SUB", peer.Endpoint, "book."));
    }

    [Fact]
    public async Task HttpServer_AnyRequest_AnswersInHttp()
    {
        await using var peer = await PythonPeer.StartAsync("http_server.py");
        using var client = new HttpClient();

        using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{peer.Port}/none"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Ssh_OnConnect_SendsItsBanner()
    {
        await using var peer = RawPeer.Ssh();
        using var client = await ConnectAsync(peer);
        var buffer = new byte[4];

        await client.GetStream().ReadExactlyAsync(buffer, TestContext.Current.CancellationToken);

        Assert.Equal("SSH-"u8.ToArray(), buffer);
    }

    [Fact]
    public async Task ResetDuringGreeting_FirstByteFromUs_ResetsTheConnection()
    {
        await using var peer = RawPeer.ResetDuringGreeting();
        using var client = await ConnectAsync(peer);
        var buffer = new byte[10];
        await client.GetStream().ReadExactlyAsync(buffer, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(new byte[] { 0xFF }, TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<IOException>(() => client.GetStream().ReadExactlyAsync(buffer, TestContext.Current.CancellationToken).AsTask());

        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(error.InnerException).SocketErrorCode);
    }

    [Fact]
    public async Task Silent_AfterConnect_SaysNothing()
    {
        await using var peer = RawPeer.Silent();
        using var client = await ConnectAsync(peer);

        await Assert.ThrowsAsync<TimeoutException>(() =>
            client.GetStream().ReadAtLeastAsync(new byte[1], 1, cancellationToken: TestContext.Current.CancellationToken).AsTask().WaitAsync(Briefly, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task BlackHole_FurtherConnect_NeverCompletes()
    {
        await using var peer = await RawPeer.BlackHoleAsync();
        using var client = new TcpClient();

        await Assert.ThrowsAsync<TimeoutException>(() => client.ConnectAsync(IPAddress.Loopback, peer.Port, TestContext.Current.CancellationToken).AsTask().WaitAsync(Briefly, TestContext.Current.CancellationToken));
    }

    private static async Task<TcpClient> ConnectAsync(RawPeer peer)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, peer.Port, TestContext.Current.CancellationToken);
        return client;
    }
}
