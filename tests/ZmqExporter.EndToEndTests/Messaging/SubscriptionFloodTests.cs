using System.Buffers.Binary;
using System.Globalization;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>Publishers that send very much, or too much.</summary>
public sealed class SubscriptionFloodTests
{
    public static TheoryData<ClientKind> Clients => Servers.Clients;

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Publisher_Floods_EveryMessageThatComesIsInOrder(ClientKind kind)
    {
        await using var server = await PythonPeer.StartAsync("flood.py");
        using var client = new ClientUnderTest(kind);
        var link = client.Subscription(server.Endpoint, null, "");
        await link.OpenAsync();
        link.Link.EndProbe(AfterProbe.Keep);

        var seen = server.Process.Output.Count;
        await server.Process.WriteLineAsync("flood 50000 2");
        var sent = await server.Process.WaitForLineAsync(@"^sent (\d+)$", seen);
        var last = ulong.Parse(sent.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1;
        await link.EventuallyAsync(observer => observer.Messages is [.., var message] && Long(message) == last, "the last message never came");

        var numbers = link.Observer.Messages.Select(Long).ToList();
        Assert.True(numbers.Zip(numbers.Skip(1)).All(pair => pair.First < pair.Second), "messages were repeated or out of order");
        Assert.True(numbers.Count > 10_000, $"only {numbers.Count} messages came");
        Assert.Equal(1, link.Observer.Count(ConnectionEvent.Connected));
        Assert.Empty(link.Observer.Faults);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Open_WhileMessagesCome_IsOpenedEveryTime(ClientKind kind)
    {
        await using var server = await PythonPeer.StartAsync("flood.py");
        using var client = new ClientUnderTest(kind);
        var link = client.Subscription(server.Endpoint, null, "");
        await link.OpenAsync();
        link.Link.EndProbe(AfterProbe.Keep);

        var seen = server.Process.Output.Count;
        await server.Process.WriteLineAsync("flood 5000 2");
        var sent = server.Process.WaitForLineAsync(@"^sent (\d+)$", seen);
        while (!sent.IsCompleted)
        {
            await Task.Run(link.OpenAsync, TestContext.Current.CancellationToken); // a message that comes just now must not pass for the end of this wait
            link.Link.EndProbe(AfterProbe.Keep);
        }

        await sent;
        Assert.Equal(1, link.Observer.Count(ConnectionEvent.Connected));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Publisher_FloodsAndWaitsForUs_NoProbeTakesAMessageAway(ClientKind kind)
    {
        await using var server = await PythonPeer.StartAsync("flood.py", "--wait");
        using var client = new ClientUnderTest(kind);
        var link = client.Subscription(server.Endpoint, null, "");
        await link.OpenAsync();
        link.Link.EndProbe(AfterProbe.Keep);

        var seen = server.Process.Output.Count;
        await server.Process.WriteLineAsync("flood 20000 3");
        var sent = server.Process.WaitForLineAsync(@"^sent (\d+)$", seen);
        while (!sent.IsCompleted)
        {
            // Probes without a pause, so that many find messages that were not read yet.
            await Task.Run(link.OpenAsync, TestContext.Current.CancellationToken);
            link.Link.EndProbe(AfterProbe.Keep);
        }

        var count = int.Parse((await sent).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        await link.EventuallyAsync(observer => observer.Messages is [.., var last] && Long(last) == (ulong)count - 1, "the last message never came");
        Assert.Equal(Enumerable.Range(0, count).Select(number => (ulong)number), link.Observer.Messages.Select(Long));
        Assert.Empty(link.Observer.Unawaited);
        Assert.Equal(1, link.Observer.Count(ConnectionEvent.Connected));
        Assert.Empty(link.Observer.Faults);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Publisher_AnnouncesTooMuch_IsNamedAndWhatCameBeforeIsKept(ClientKind kind)
    {
        const int Count = 50;
        using var go = new SemaphoreSlim(0);
        using var server = new ScriptedServer(peer =>
        {
            peer.Handshake("PUB");
            peer.ExpectFrame();
            peer.SendMessage("tick", "first");
            Assert.True(go.Wait(Eventually.Deadline));
            var bytes = Enumerable.Range(1, Count).SelectMany(number => PeerBytes.Message("tick", $"{number}"));
            peer.Send([.. bytes, .. PeerBytes.HeaderOf(0, ulong.MaxValue >> 1)]); // at once, so that one read finds all of it
            peer.ExpectEnd();
        });
        using var client = new ClientUnderTest(kind);
        for (var i = 0; i < 20; i++)
        {
            var link = client.Subscription($"tcp://127.0.0.1:{server.Port}", null, "");
            await link.OpenAsync();
            await link.EventuallyAsync(observer => observer.Messages.Count == 1, "the first message never came");
            go.Release();
            LinkOutcome outcome;
            do
            {
                outcome = await link.ReceiveWithoutLimitAsync();
            }
            while (outcome.Kind == LinkOutcomeKind.Message);

            Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.TooLarge), (outcome.Kind, outcome.Error?.Code));
            Assert.Equal(1 + Count, link.Observer.Messages.Count);
            link.Dispose();
        }

        Assert.Empty(server.Failures);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Publisher_SendsLargeMessages_ComeWhole(ClientKind kind)
    {
        const int Size = 700_000;
        await using var server = await PythonPeer.StartAsync("flood.py");
        using var client = new ClientUnderTest(kind);
        var link = client.Subscription(server.Endpoint, null, "");
        await link.OpenAsync();
        link.Link.EndProbe(AfterProbe.Keep);

        await server.CommandAsync($"large {Size}");

        await link.EventuallyAsync(observer => observer.Messages.Count == 2, "the messages never came");
        Assert.Equal(sizeof(ulong) + Size, link.Observer.Messages[0].Length);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Dispose_WhileMessagesCome_NothingComesAfterIt(ClientKind kind)
    {
        await using var server = await PythonPeer.StartAsync("pub.py");
        using var client = new ClientUnderTest(kind);
        var link = client.Subscription(server.Endpoint, null, "");
        await link.OpenAsync();
        await link.EventuallyAsync(observer => observer.Messages.Count >= 2, "no message came");

        link.Dispose();

        var outcome = await link.ReceiveWithoutLimitAsync();
        Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.Local), (outcome.Kind, outcome.Error?.Code));
        Assert.Empty(link.Observer.Faults);
    }

    private static ulong Long(ReceivedMessage message) => BinaryPrimitives.ReadUInt64LittleEndian(message.Frames[0]);
}
