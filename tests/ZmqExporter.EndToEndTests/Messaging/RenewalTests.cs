using System.Buffers.Binary;
using System.Globalization;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>Connections that live long: renewed at their age, and asked for a sign of life by the kernel meanwhile.</summary>
public sealed class RenewalTests
{
    private const string KeepaliveTimer = "02"; // of proc_net_tcp(5)

    public static TheoryData<ClientKind> Clients => Servers.Clients;

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task EndProbe_ConnectionIsOld_TheNextProbeHasAnotherOne(ClientKind kind)
    {
        await using var server = await PythonPeer.StartRepAsync();
        using var client = new ClientUnderTest(kind) { MaxConnectionAge = TimeSpan.FromTicks(1) };
        var link = client.Link(server.Endpoint, SocketType.Req);
        await Eventually.GetAsync(
            async () =>
            {
                Assert.Equal("pong", await link.ProbeAsync("ping"));
                return link.Observer.Count(ConnectionEvent.Connected) >= 3 ? link : null;
            },
            Eventually.Deadline,
            () => "it never connected again");

        Assert.Empty(link.Observer.Unawaited);
        Assert.Equal(0, link.Observer.Count(ConnectionEvent.Disconnected)); // by the peer
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task EndProbe_ConnectionIsYoung_StaysInUse(ClientKind kind)
    {
        await using var server = await PythonPeer.StartRepAsync();
        using var client = new ClientUnderTest(kind) { MaxConnectionAge = TimeSpan.Zero };
        var link = client.Link(server.Endpoint, SocketType.Req);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("pong", await link.ProbeAsync("ping"));
        }

        Assert.Equal(1, link.Observer.Count(ConnectionEvent.Connected));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task EndProbe_SubscriptionIsOld_GoesOnOnANewConnection(ClientKind kind)
    {
        await using var server = await PythonPeer.StartAsync("pub.py");
        using var client = new ClientUnderTest(kind) { MaxConnectionAge = TimeSpan.FromTicks(1) };
        var link = client.Subscription(server.Endpoint, null, "tick");
        await link.OpenAsync();
        await link.EventuallyAsync(observer => observer.Messages.Count >= 1, "no message came");

        link.Link.EndProbe(AfterProbe.Keep);

        await link.EventuallyAsync(observer => observer.Subscribed >= 2, "it never subscribed again");
        var before = link.Observer.Messages.Count;
        await link.EventuallyAsync(observer => observer.Messages.Count > before, "no message came on the new connection");
        Assert.Equal([SubscriptionCause.Connected, SubscriptionCause.Replaced], link.Observer.Causes.Take(2));
        Assert.Empty(link.Observer.Faults);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task EndProbe_OldSubscriptionsOfABusyPublisher_BringEachMessageOnce(ClientKind kind)
    {
        const int Renewals = 10;
        await using var server = await PythonPeer.StartAsync("pub.py", "--every=1");
        using var client = new ClientUnderTest(kind) { MaxConnectionAge = TimeSpan.FromTicks(1) };
        var link = client.Subscription(server.Endpoint, null, "tick");
        for (var i = 1; i <= Renewals; i++)
        {
            await link.OpenAsync();
            link.Link.EndProbe(AfterProbe.Keep);
            await link.EventuallyAsync(observer => observer.Subscribed > i, "it was not renewed");
        }

        var numbers = link.Observer.Messages.Select(message => BinaryPrimitives.ReadUInt32LittleEndian(message.Frames[1])).ToList();
        Assert.Equal(Enumerable.Range(0, numbers.Count).Select(i => numbers[0] + (uint)i), numbers);
        Assert.All(link.Observer.Causes.Skip(1), cause => Assert.Equal(SubscriptionCause.Replaced, cause));
        Assert.Empty(link.Observer.Faults);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Open_IdleConnection_IsAskedForASignOfLifeByTheKernel(ClientKind kind)
    {
        await using var server = await PythonPeer.StartRepAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req);
        Assert.Equal("pong", await link.ProbeAsync("ping"));

        // While something is unacknowledged another timer runs.
        await link.EventuallyAsync(_ => TimersOfConnectionsTo(server.Port) is [KeepaliveTimer], "no keepalive");
    }

    private static string[] TimersOfConnectionsTo(int port)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        return
        [
            .. File.ReadLines("/proc/self/net/tcp").Concat(File.ReadLines("/proc/self/net/tcp6"))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(columns => columns.Length > 5 && columns[2].EndsWith(suffix, StringComparison.Ordinal) && columns[3] == "01")
                .Select(columns => columns[5][..2]),
        ];
    }
}
