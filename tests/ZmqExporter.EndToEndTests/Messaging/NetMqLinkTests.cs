using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.Zmtp;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>What lies between a link over NetMQ and its worker process.</summary>
public sealed class NetMqLinkTests
{
    [Fact]
    public async Task OnMessage_AnotherAnswerToTheLastProbe_IsNotThatOfThisOne()
    {
        using var again = new ManualResetEventSlim();
        using var server = new ScriptedServer(peer =>
        {
            peer.Handshake("ROUTER");
            peer.ExpectMessage();
            peer.SendMessage("first");
            again.Wait();
            peer.SendMessage("first again");
            peer.ExpectMessage();
            peer.SendMessage("second");
            peer.ExpectEnd();
        });
        using var client = new ClientUnderTest(ClientKind.NetMq);
        var link = client.Link(server.Endpoint.ToString(), SocketType.Dealer);
        Assert.Equal("first", await link.ProbeAsync("ping"));

        await link.OpenAsync(); // this probe has begun, and the worker has not heard of it
        again.Set();
        await link.EventuallyAsync(observer => observer.Unawaited.Count == 1, "what nobody awaits was not handed over");

        Assert.Equal("second", await link.AskAsync("ping"));
    }

    [Fact]
    public async Task Send_MessageThatTheWorkerWouldNotTake_IsOurOwnFailureAndDisturbsNobody()
    {
        await using var server = await PythonPeer.StartRepAsync();
        using var client = new ClientUnderTest(ClientKind.NetMq);
        var (link, other) = (client.Link(server.Endpoint, SocketType.Req), client.Link(server.Endpoint, SocketType.Req));
        Assert.Equal("pong", await other.ProbeAsync("ping"));
        await link.OpenAsync();

        link.Link.Send(ZmtpMessage.FromText(new string('x', 17 << 20)));

        var outcome = await link.ReceiveWithoutLimitAsync();
        Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.Local), (outcome.Kind, outcome.Error?.Code));
        Assert.Equal("pong", await other.ProbeAsync("ping"));
        Assert.Equal(1, other.Observer.Count(ConnectionEvent.Connected));
    }

    // A subscription that cannot be renewed goes on as it is.
    [Fact]
    public async Task EndProbe_OldSubscriptionAndNoNewConnection_KeepsTheOldOne()
    {
        using var more = new SemaphoreSlim(0);
        using var server = new ScriptedServer(peer =>
        {
            peer.Handshake("PUB");
            while (more.Wait(Eventually.Deadline))
            {
                peer.SendMessage("tick");
            }
        });
        using var client = new ClientUnderTest(ClientKind.NetMq) { MaxConnectionAge = TimeSpan.FromTicks(1) };
        var link = client.Subscription(server.Endpoint.ToString(), null, "tick");
        await link.OpenAsync();
        more.Release();
        await link.EventuallyAsync(observer => observer.Messages.Count == 1, "no message came");
        server.StopListening();

        link.Link.EndProbe(AfterProbe.Keep);
        await link.OpenAsync();
        more.Release();

        await link.EventuallyAsync(observer => observer.Messages.Count == 2, "the old connection is not read any more");
        Assert.Equal([SubscriptionCause.Connected], link.Observer.Causes);
        link.Link.EndProbe(AfterProbe.Keep);
    }

    [Fact]
    public async Task EndProbe_NewSubscriptionIsLostBeforeItCounts_KeepsTheOldOne()
    {
        ScriptedPeer?[] peers = [null, null];
        using var server = new ScriptedServer(peer =>
        {
            peer.Handshake("PUB");
            peer.ExpectFrame(); // the subscription
            Volatile.Write(ref peers[peer.Number - 1], peer);
            peer.ExpectEnd();
        });
        using var client = new ClientUnderTest(ClientKind.NetMq) { MaxConnectionAge = TimeSpan.FromTicks(1) };
        var link = client.Subscription(server.Endpoint.ToString(), null, "t");
        await link.OpenAsync();
        await link.EventuallyAsync(_ => Volatile.Read(ref peers[0]) is not null, "it never subscribed");
        link.Link.EndProbe(AfterProbe.Keep);
        await link.EventuallyAsync(observer => Volatile.Read(ref peers[1]) is not null && observer.Count(ConnectionEvent.Connected) == 2, "it was not renewed");

        peers[1]!.Reset();
        await link.EventuallyAsync(observer => observer.Count(ConnectionEvent.Disconnected) == 1, "the loss was never seen");
        peers[0]!.SendMessage("t1");

        await link.EventuallyAsync(observer => observer.Messages.Count == 1, "the old connection is not read any more");
        Assert.Equal([SubscriptionCause.Connected], link.Observer.Causes);
    }

    // It ignores the end of its input, and says what no worker says: it must not live on beside its successor.
    [Theory]
    [InlineData("printf 'no worker at all'", "")]
    [InlineData("printf '\\021\\0\\0\\0\\001XZMQ\\010\\0\\0\\0another!'", "of another version")]
    public async Task OpenAsync_ProgramThatIsNoWorker_IsEndedAndSaysWhy(string says, string words)
    {
        using var directory = new TempDirectory();
        var file = Path.Combine(directory.Path, "pid");
        var context = new ZmtpContext(new TimerQueue(TimeProvider.System), new NameResolver());
        var settings = new WorkerSettings(NullLogger.Instance) { Program = ["/bin/sh", "-c", $"echo $$ > {file}; {says}; exec sleep 300"] };
        using var client = new NetMqClient(new ZmtpClient(context), context, settings);
        var observer = new RecordingObserver();
        using var server = new ScriptedServer(static peer => peer.ExpectEnd());
        var options = new LinkOptions { Name = "x", Endpoint = server.Endpoint, SocketType = SocketType.Req, AttemptTimeout = Eventually.Deadline };
        using var link = client.CreateLink(options, observer);

        var outcome = await link.OpenAsync(ClientUnderTest.After(Eventually.Deadline));

        Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.Local), (outcome.Kind, outcome.Error?.Code));
        Assert.Contains(words, outcome.Error?.Message, StringComparison.Ordinal);
        var process = (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim();
        Assert.False(Directory.Exists($"/proc/{process}"));
    }
}
