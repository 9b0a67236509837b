using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>A subscription that our own side has lost.</summary>
public sealed class OwnLossTests() : ShellWorkerTest(TimeSpan.FromHours(1), TimeProvider.System) // nobody waits for it
{
    private const uint First = 1;
    private const uint Second = 2;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    // How long the feed was silent meanwhile, nobody can say.
    [Theory]
    [InlineData(ZmtpErrorCode.Local, SubscriptionCause.Restored)]
    [InlineData(ZmtpErrorCode.TooLarge, SubscriptionCause.Connected)]
    internal async Task OnLost_ByAFailureOfOurOwn_TheNextConnectionIsToldFromOneAfterALossOfThePeers(ZmtpErrorCode code, SubscriptionCause cause)
    {
        var link = Subscription(
            ShellWorker.SaysHello,
            ShellWorker.Reads,
            ShellWorker.SaysEvent(First, ConnectionEvent.Connected),
            ShellWorker.Reads, // to look at the end of the wait
            ShellWorker.SaysLost(First, new ZmtpError(code, "lost") { IsMessageSize = true }),
            ShellWorker.ReadsQuestions(1), // to close it
            ShellWorker.Reads,
            ShellWorker.SaysEvent(Second, ConnectionEvent.Connected),
            ShellWorker.ReadsTheRest);
        Assert.Equal(LinkOutcomeKind.Opened, (await WithinDeadline(link.OpenAsync(Timers.After(Timeout)))).Kind);
        Assert.Equal(code, (await WithinDeadline(link.ReceiveAsync(Timers.After(Moment)))).Error?.Code);
        link.EndProbe(AfterProbe.Abort);

        Assert.Equal(LinkOutcomeKind.Opened, (await WithinDeadline(link.OpenAsync(Timers.After(Timeout)))).Kind);

        Assert.Equal([SubscriptionCause.Connected, cause], Causes);
    }
}
