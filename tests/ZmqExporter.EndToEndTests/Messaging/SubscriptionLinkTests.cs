using System.Buffers.Binary;
using ZmqExporter.Messaging;
using Zmtp;
using Zmtp.Security;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>Subscriptions over every client, to publishers on libzmq and on NetMQ.</summary>
public sealed class SubscriptionLinkTests
{
    public static TheoryData<ClientKind> Clients => Servers.Clients;

    public static TheoryData<ClientKind, ServerLibrary> All => Servers.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Open_Publisher_MessagesOfTheTopicsComeInOrderAndNoOthers(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartPublisherAsync("--topic=a.1", "--topic=b.1", "--topic=c.1");
        using var client = new ClientUnderTest(kind);
        var link = client.Subscription(server.Endpoint, null, "a.", "b.");

        await link.OpenAsync();
        await link.EventuallyAsync(observer => observer.Messages.Count >= 20, "20 messages never came");
        link.Link.EndProbe(AfterProbe.Keep);

        var messages = link.Observer.Messages;
        Assert.Equal(["a.1", "b.1"], messages.Select(message => message.Topic).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(messages, message => Assert.Equal(2, message.Frames.Count));
        foreach (var topic in messages.GroupBy(message => message.Topic, StringComparer.Ordinal))
        {
            var numbers = topic.Select(Number).ToList();
            Assert.Equal(Enumerable.Range((int)numbers[0], numbers.Count).Select(number => (uint)number), numbers);
        }

        Assert.Equal(1, link.Observer.Subscribed);
        Assert.Equal(1, link.Observer.Count(ConnectionEvent.Connected));
        Assert.Empty(link.Observer.Faults);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Receive_Publisher_EndsWithTheNextMessagesAndTimesOutWithout(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartPublisherAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Subscription(server.Endpoint, null, "tick");
        await link.OpenAsync();

        for (var i = 0; i < 3; i++)
        {
            var outcome = await link.ReceiveWithoutLimitAsync();
            Assert.Equal((LinkOutcomeKind.Message, null), (outcome.Kind, outcome.Message));
        }

        Assert.NotEmpty(link.Observer.Messages);
        await server.CommandAsync("pause");

        // What was under way still comes.
        await Eventually.GetAsync(
            async () => (await link.Link.ReceiveAsync(ClientUnderTest.After(LinkUnderTest.Short))).Kind == LinkOutcomeKind.TimedOut ? link : null,
            Eventually.Deadline,
            () => "messages never ended");
        await link.AssertSilenceAsync();
        await server.CommandAsync("resume");
        Assert.Equal(LinkOutcomeKind.Message, (await link.ReceiveWithoutLimitAsync()).Kind);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task EndProbe_Keep_MessagesGoOnBetweenProbes(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartPublisherAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Subscription(server.Endpoint, null, "");
        await link.OpenAsync();
        link.Link.EndProbe(AfterProbe.Keep);

        await link.EventuallyAsync(observer => observer.Messages.Count >= 20, "20 messages never came");

        Assert.Equal(1, link.Observer.Count(ConnectionEvent.Connected));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task EndProbe_Close_ConnectsAndSubscribesAnewAtOnce(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartPublisherAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Subscription(server.Endpoint, null, "tick");
        await link.OpenAsync();
        await link.EventuallyAsync(observer => observer.Messages.Count >= 1, "no message came");

        link.Link.EndProbe(AfterProbe.Close);

        await link.EventuallyAsync(observer => observer.Subscribed == 2, "it never subscribed again");
        var before = link.Observer.Messages.Count;
        await link.EventuallyAsync(observer => observer.Messages.Count > before, "no message came on the new connection");
        Assert.Equal(2, link.Observer.Count(ConnectionEvent.Connected));
        Assert.Empty(link.Observer.Faults);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Publisher_Restarts_SubscribedAgainWithoutAnyProbe(ClientKind kind, ServerLibrary library)
    {
        using var port = new ReservedPort();
        var server = await library.StartPublisherAsync(Servers.OnPort(port.Number));
        try
        {
            using var client = new ClientUnderTest(kind);
            var link = client.Subscription(server.Endpoint, null, "tick");
            await link.OpenAsync();
            await link.EventuallyAsync(observer => observer.Messages.Count >= 2, "no message came");
            link.Link.EndProbe(AfterProbe.Keep);
            await server.DisposeAsync();
            await link.EventuallyAsync(observer => observer.Count(ConnectionEvent.Disconnected) >= 1, "the loss was never seen");

            server = await library.StartPublisherAsync(Servers.OnPort(port.Number));
            await link.EventuallyAsync(observer => observer.Subscribed >= 2, "it never subscribed again");
            var before = link.Observer.Messages.Count;
            await link.EventuallyAsync(observer => observer.Messages.Count > before, "no message came after the restart");
            Assert.Empty(link.Observer.Faults);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Subscribed_AfterOurDoingAndAfterThePeers_TellsThemApart(ClientKind kind)
    {
        var server = await PythonPeer.StartAsync("pub.py");
        try
        {
            using var client = new ClientUnderTest(kind);
            var link = client.Subscription(server.Endpoint, null, "tick");
            await link.OpenAsync();
            link.Link.EndProbe(AfterProbe.Close);
            await link.EventuallyAsync(observer => observer.Subscribed == 2, "it never subscribed again");
            await server.DisposeAsync();
            server = await PythonPeer.StartAsync("pub.py", Servers.OnPort(server.Port));
            await link.EventuallyAsync(observer => observer.Subscribed == 3, "it never subscribed again");

            Assert.Equal([SubscriptionCause.Connected, SubscriptionCause.Renewed, SubscriptionCause.Connected], link.Observer.Causes);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Open_PublisherThatSendsWhatNobodyAskedFor_ItIsDiscarded(ClientKind kind)
    {
        await using var server = await PythonPeer.StartAsync("pub.py", "--welcome", "hello", "--topic", "a.1");
        using var client = new ClientUnderTest(kind);
        var link = client.Subscription(server.Endpoint, null, "a.");

        await link.OpenAsync();
        await link.EventuallyAsync(observer => observer.Messages.Count >= 3, "no message came");

        Assert.All(link.Observer.Messages, message => Assert.Equal("a.1", message.Topic));
        Assert.Empty(link.Observer.Faults);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Open_CurvePublisher_MessagesCome(ClientKind kind, ServerLibrary library)
    {
        var keys = CurveKeyPair.Generate();
        await using var server = await library.StartPublisherAsync(Servers.WithCurve(keys));
        using var client = new ClientUnderTest(kind);
        var link = client.Subscription(server.Endpoint, ZmtpSecurity.Curve(keys.PublicKey, CurveKeyPair.Generate()), "tick");

        await link.OpenAsync();

        await link.EventuallyAsync(observer => observer.Messages.Count >= 3, "no message came");
    }

    private static uint Number(ReceivedMessage message) => BinaryPrimitives.ReadUInt32LittleEndian(message.Frames[1]);
}
