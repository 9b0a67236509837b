using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>What follows on a message without an end: one that begins at once is our own client's affair until it is over, so that it takes no time of the worker's from others.</summary>
public sealed class NetMqFloodTests() : ShellWorkerTest(TimeSpan.FromHours(1), TimeProvider.System) // nobody waits for it
{
    private static readonly ZmtpError NoEnd = new(ZmtpErrorCode.TooLarge, "a message that does not end");

    [Fact]
    public async Task OpenAsync_LastMessageHadNoEnd_OurOwnClientLooksFirst_AndNetMqFollowsOnceItIsOver()
    {
        var link = await LostAsync(NoEnd);
        Seen.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.None, Error: NoEnd);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(NoEnd, (await OpenAsync(link)).Error);
            link.EndProbe(AfterProbe.Abort);
        }

        SeesNothing();
        Assert.Equal(LinkOutcomeKind.Opened, (await OpenAsync(link)).Kind);
        Assert.True(link.OpenedAt.IsSet); // over NetMQ
        link.EndProbe(AfterProbe.Keep);

        Seen.Opening = NobodyAsks;
        Assert.Equal(LinkOutcomeKind.Opened, (await OpenAsync(link)).Kind);
    }

    // Our own client asks nothing, and so does not see what comes as the answer.
    [Fact]
    public async Task OpenAsync_OurOwnClientSeesNothingOfTheFlood_IsNotAskedAgain()
    {
        var link = Link(
        [
            ShellWorker.SaysHello,
            .. Enumerable.Range(1, 3).SelectMany(connection => Flood((uint)connection, NoEnd)),
            ShellWorker.ReadsTheRest,
        ]);
        var looks = 0;
        SeesNothing(() => looks++);

        for (var i = 0; i < 3; i++)
        {
            await LoseAsync(link, NoEnd);
        }

        Assert.Equal(1, looks);
    }

    // It may be too new for the server, or have no descriptor left: it is not NetMQ.
    [Fact]
    public async Task OpenAsync_OurOwnClientFindsSomethingElse_NetMqIsTried()
    {
        var link = await LostAsync(NoEnd);
        Seen.Opening = static () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.None, Error: new ZmtpError(ZmtpErrorCode.HandshakeTimeout, "no READY"));

        Assert.Equal(LinkOutcomeKind.Opened, (await OpenAsync(link)).Kind);
    }

    // Its header is all that was read, which costs nobody anything.
    [Fact]
    public async Task OpenAsync_LastFrameWasTooLarge_IsNetMqsAffairAsEver()
    {
        var link = await LostAsync(new ZmtpError(ZmtpErrorCode.TooLarge, "a frame of 2 GB") { IsMessageSize = true });
        Seen.Opening = NobodyAsks;

        Assert.Equal(LinkOutcomeKind.Opened, (await OpenAsync(link)).Kind);
    }

    private static LinkOutcome NobodyAsks() => throw new InvalidOperationException("our own client was asked");

    // It makes a connection, reads a request, loses the connection, and is told to close it.
    private static IEnumerable<string> Flood(uint connection, ZmtpError error) =>
    [
        ShellWorker.Reads,
        ShellWorker.SaysEvent(connection, ConnectionEvent.Connected),
        ShellWorker.Reads,
        ShellWorker.SaysLost(connection, error),
        ShellWorker.ReadsQuestions(1),
    ];

    private void SeesNothing(Action? looked = null)
    {
        Seen.Opening = static () => new LinkOutcome(LinkOutcomeKind.Opened, Timestamp.None);
        Seen.Receiving = (_, _) =>
        {
            looked?.Invoke();
            return new LinkOutcome(LinkOutcomeKind.TimedOut, Timestamp.None);
        };
    }

    // The next connection is a good one.
    private async Task<NetMqLink> LostAsync(ZmtpError error)
    {
        var link = Link(
            [ShellWorker.SaysHello, .. Flood(1, error), ShellWorker.Reads, ShellWorker.SaysEvent(2, ConnectionEvent.Connected), ShellWorker.ReadsTheRest]);
        await LoseAsync(link, error);
        return link;
    }

    private async Task LoseAsync(NetMqLink link, ZmtpError error)
    {
        Assert.Equal(LinkOutcomeKind.Opened, (await OpenAsync(link)).Kind);
        link.Send(ZmtpMessage.FromText("ping"));
        var lost = (await WithinDeadline(link.ReceiveAsync(Timers.After(Timeout)))).Error;
        Assert.Equal((error.Code, error.Message), (lost?.Code, lost?.Message));
        link.EndProbe(AfterProbe.Abort);
    }

    private Task<LinkOutcome> OpenAsync(NetMqLink link) => WithinDeadline(link.OpenAsync(Timers.After(Timeout)));
}
