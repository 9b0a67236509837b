using System.Text;
using System.Threading.Channels;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.Zmtp;
using Zmtp;
using Zmtp.Connecting;

namespace ZmqExporter.Tests.Messaging;

/// <summary>A PUB that knows whether its peer wants its topic, whatever else the peer subscribes to.</summary>
public sealed class ZmtpPublisherLinkTests : ZmtpLinkTestBase
{
    private readonly Channel<(byte[] Frames, TaskCompletionSource Read)> _script = Channel.CreateUnbounded<(byte[] Frames, TaskCompletionSource Read)>();

    [Fact]
    public async Task IsSubscribed_TopicsOfThePeer_FollowsThoseThatOursBeginsWith()
    {
        var link = await OpenAsync();
        Assert.False(link.IsSubscribed);

        await SendAsync(link, Message(1, "else"), isSubscribed: false);
        await SendAsync(link, Message(1, "loop.10"), isSubscribed: false); // is longer than ours
        await SendAsync(link, Message(1, "loop"), isSubscribed: true); // a prefix is enough
        await SendAsync(link, Message(1, "loop.1"), isSubscribed: true);
        await SendAsync(link, Message(0, "loop"), isSubscribed: true);
        await SendAsync(link, Message(0, "loop.1"), isSubscribed: false);
        await SendAsync(link, Message(1, ""), isSubscribed: true); // everything
        await SendAsync(link, Message(0, ""), isSubscribed: false);
    }

    [Fact]
    public async Task IsSubscribed_ByCommandsOfZmtp31_FollowsThemToo()
    {
        var link = await OpenAsync();

        await SendAsync(link, PeerBytes.Command("SUBSCRIBE", "loop.1"u8), isSubscribed: true);
        await SendAsync(link, PeerBytes.Command("CANCEL", "loop.1"u8), isSubscribed: false);
    }

    [Fact]
    public async Task Receive_FirstSubscription_EndsTheWait()
    {
        var link = await OpenAsync();
        var wait = link.ReceiveAsync(After(60)).AsTask();
        await SendAsync(link, Message(1, "loop"), isSubscribed: true);

        var outcome = await wait.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);

        Assert.Equal((LinkOutcomeKind.Message, null), (outcome.Kind, outcome.Message));
    }

    // A proxy passes on as many as it has subscribers, and none of them is kept.
    [Fact]
    public async Task IsSubscribed_ManyOtherTopics_AreNoFlood()
    {
        var link = await OpenAsync();
        var many = Enumerable.Range(0, 20_000).SelectMany(i => Message(1, $"topic {i}")).ToArray();
        await SendAsync(link, [.. many, .. Message(1, "loop.1")], isSubscribed: true);
    }

    [Fact]
    public async Task IsSubscribed_NewConnection_BeginsWithoutAny()
    {
        var link = await OpenAsync();
        await SendAsync(link, Message(1, "loop"), isSubscribed: true);
        link.EndProbe(AfterProbe.Close);

        Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(5))).Kind);

        Assert.False(link.IsSubscribed);
    }

    private static byte[] Message(byte what, string topic) => PeerBytes.Frame(0, [what, .. Encoding.UTF8.GetBytes(topic)]);

    private async Task<ZmtpPublisherLink> OpenAsync()
    {
        Keep(new ScriptEnd(_script.Writer));
        var server = Serve(peer =>
        {
            peer.Handshake("XSUB");
            foreach (var (frames, read) in _script.Reader.ReadAllAsync().ToBlockingEnumerable())
            {
                peer.Send([.. frames, .. PeerBytes.Command("PING", 0, 0)]);
                Assert.StartsWith("\u0004PONG", Encoding.ASCII.GetString(peer.ExpectFrame().Body), StringComparison.Ordinal);
                read.SetResult();
            }
        });
        Assert.True(ZmtpEndpoint.TryParse($"tcp://127.0.0.1:{server.Port}", out var endpoint, out _));
        var options = new LinkOptions
        {
            Name = "bus",
            Endpoint = endpoint,
            SocketType = SocketType.Pub,
            AttemptTimeout = TimeSpan.FromSeconds(5),
            Topics = [[.. "loop.1"u8]],
        };
        var link = Keep(new ZmtpPublisherLink(options, new ZmtpContext(_timers, new NameResolver()), _budget, this));
        Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(5))).Kind);
        return link;
    }

    // Whether it is subscribed once all of this was read.
    private async Task SendAsync(ZmtpPublisherLink link, byte[] frames, bool isSubscribed)
    {
        var read = new TaskCompletionSource();
        Assert.True(_script.Writer.TryWrite((frames, read)));
        await read.Task.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(isSubscribed, link.IsSubscribed);
    }

    private sealed class ScriptEnd(ChannelWriter<(byte[] Frames, TaskCompletionSource Read)> script) : IDisposable
    {
        public void Dispose() => script.TryComplete();
    }
}
