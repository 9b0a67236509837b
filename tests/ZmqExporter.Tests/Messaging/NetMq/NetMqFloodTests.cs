using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>What follows on a message without an end: while a server sends such, it takes our own client a moment to know, and NetMQ's worker the time of everybody.</summary>
public sealed class NetMqFloodTests() : ShellWorkerTest(TimeSpan.FromHours(1), TimeProvider.System) // nobody waits for it
{
    private static readonly ZmtpError NoEnd = new(ZmtpErrorCode.TooLarge, "a message that does not end");

    [Fact]
    public async Task OpenAsync_LastMessageHadNoEnd_OurOwnClientLooksFirst_AndNetMqFollowsOnceItIsOver()
    {
        var link = Link(
            ShellWorker.SaysHello,
            ShellWorker.Reads,
            ShellWorker.SaysEvent(1, ConnectionEvent.Connected),
            ShellWorker.Reads, // the request
            ShellWorker.SaysLost(1, NoEnd),
            ShellWorker.ReadsQuestions(1), // to close it
            ShellWorker.Reads, // to make another one
            ShellWorker.SaysEvent(2, ConnectionEvent.Connected),
            ShellWorker.ReadsTheRest);
        await OpenAsync(link);
        link.Send(ZmtpMessage.FromText("ping"));
        Assert.Equal(NoEnd, (await WithinDeadline(link.ReceiveAsync(Timers.After(Timeout)))).Error);
        link.EndProbe(AfterProbe.Abort);

        Seen.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.None, Error: NoEnd);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(NoEnd, (await OpenAsync(link)).Error);
            link.EndProbe(AfterProbe.Abort);
        }

        Seen.Opening = () => new LinkOutcome(LinkOutcomeKind.Opened, Timestamp.None);
        Seen.Receiving = (_, _) => new LinkOutcome(LinkOutcomeKind.TimedOut, Timestamp.None);
        Assert.Equal(LinkOutcomeKind.Opened, (await OpenAsync(link)).Kind);
        Assert.True(link.OpenedAt.IsSet); // over NetMQ
    }

    // A frame that is too large costs nobody anything: its header is all that was read.
    [Fact]
    public async Task OpenAsync_LastFrameWasTooLarge_IsNetMqsAffairAsEver()
    {
        var link = Link(
            ShellWorker.SaysHello,
            ShellWorker.Reads,
            ShellWorker.SaysEvent(1, ConnectionEvent.Connected),
            ShellWorker.Reads,
            ShellWorker.SaysLost(1, new ZmtpError(ZmtpErrorCode.TooLarge, "a frame of 2 GB") { IsMessageSize = true }),
            ShellWorker.ReadsQuestions(1),
            ShellWorker.Reads,
            ShellWorker.SaysEvent(2, ConnectionEvent.Connected),
            ShellWorker.ReadsTheRest);
        await OpenAsync(link);
        link.Send(ZmtpMessage.FromText("ping"));
        Assert.Equal(ZmtpErrorCode.TooLarge, (await WithinDeadline(link.ReceiveAsync(Timers.After(Timeout)))).Error?.Code);
        link.EndProbe(AfterProbe.Abort);

        Seen.Opening = static () => throw new InvalidOperationException("our own client was asked");
        Assert.Equal(LinkOutcomeKind.Opened, (await OpenAsync(link)).Kind);
    }

    private Task<LinkOutcome> OpenAsync(NetMqLink link) => WithinDeadline(link.OpenAsync(Timers.After(Timeout)));
}
