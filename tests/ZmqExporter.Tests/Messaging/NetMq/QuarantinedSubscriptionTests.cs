using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>A subscription whose server comes into quarantine while its connection stands.</summary>
public sealed class QuarantinedSubscriptionTests() : ShellWorkerTest(TimeSpan.FromSeconds(60))
{
    private readonly TaskCompletionSource _isLost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // We do not look at the feed meanwhile, so that nobody knows how long it was silent.
    [Fact]
    public async Task OpenAsync_AfterTheQuarantine_TheConnectionTakesThePlaceOfOneThatOurOwnSideLost()
    {
        Seen.Opening = static () => new LinkOutcome(LinkOutcomeKind.Opened, Timestamp.None);
        Seen.Receiving = static (_, _) => new LinkOutcome(LinkOutcomeKind.TimedOut, Timestamp.None);
        var link = Subscription( // the worker of the trial begins with the same
            ShellWorker.SaysHello,
            ShellWorker.Reads,
            ShellWorker.SaysEvent(1, ConnectionEvent.Connected),
            ShellWorker.ReadsQuestions(1), // to close it
            ShellWorker.SaysLost(1),
            ShellWorker.SaysEvent(1, ConnectionEvent.Closed),
            ShellWorker.ReadsTheRest);
        Assert.Equal(LinkOutcomeKind.Opened, await OpenAsync(link));
        link.EndProbe(AfterProbe.Keep);

        var quarantine = link.Server.Quarantine(Timers.Now);
        Assert.Equal(LinkOutcomeKind.Failed, await OpenAsync(link));
        link.EndProbe(AfterProbe.Abort);
        await _isLost.Task.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
        Time.Advance(quarantine);

        Assert.Equal(LinkOutcomeKind.Opened, await OpenAsync(link));
        Assert.Equal([SubscriptionCause.Connected, SubscriptionCause.Restored], Causes);
    }

    private protected override void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        if (connectionEvent == ConnectionEvent.Closed)
        {
            _isLost.TrySetResult();
        }
    }

    private async Task<LinkOutcomeKind> OpenAsync(NetMqSubscriptionLink link) => (await WithinDeadline(link.OpenAsync(Timers.After(Timeout)))).Kind;
}
