using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>A wait ends while NetMQ makes another connection than the one that the probe began with, and does not come to it.</summary>
public sealed class DeadlineWhileConnectingTests() : ShellWorkerTest(TimeSpan.FromSeconds(8))
{
    private const uint First = 1;
    private const uint Second = 2;
    private const int MostWaits = 20;

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The worker finds at the request that the connection was lost before.
    [Fact]
    public async Task ReceiveAsync_WaitEndsBeforeTheDeadline_LeavesTimeToConnectAgain()
    {
        var link = Link(Script(ShellWorker.Reads, ShellWorker.SaysLost(First, isUnsent: true), ShellWorker.ReadsQuestions(1))); // it is told to close it
        var deadline = Timers.After(Timeout);
        await OpenAsync(link, deadline);
        link.EndProbe(AfterProbe.Keep);
        await OpenAsync(link, deadline);
        link.Send(ZmtpMessage.FromText("ping"));

        var outcome = await ReceiveAsync(link, Timers.After(Timeout / 2));

        Assert.Equal((LinkOutcomeKind.TimedOut, null), (outcome.Kind, outcome.Error));
    }

    [Fact]
    public async Task ReceiveAsync_RenewalDoesNotConnect_IsNoTimeoutOfTheConnectionInUse()
    {
        var link = Subscription(Script());
        var deadline = Timers.After(Timeout);
        await OpenAsync(link, deadline);
        link.OnReleased();

        var outcome = await ReceiveAsync(link, deadline);

        Assert.Equal((LinkOutcomeKind.TimedOut, null), (outcome.Kind, outcome.Error));
    }

    private protected override void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        if (connectionEvent == ConnectionEvent.ConnectDelayed)
        {
            _begun.TrySetResult();
        }
    }

    private static async Task OpenAsync(NetMqLink link, Timestamp deadline) =>
        Assert.Equal(LinkOutcomeKind.Opened, (await WithinDeadline(link.OpenAsync(deadline))).Kind);

    private async Task<LinkOutcome> ReceiveAsync(NetMqLink link, Timestamp until)
    {
        await _begun.Task.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
        var outcome = WithinDeadline(link.ReceiveAsync(until));
        Time.Advance(until - Timers.Now);
        return await outcome;
    }

    // It makes the first connection, begins with the second one, and has always looked.
    private static IEnumerable<string> Script(params string[] between) =>
    [
        ShellWorker.SaysHello,
        ShellWorker.Reads,
        ShellWorker.SaysEvent(First, ConnectionEvent.Connected),
        .. between,
        ShellWorker.Reads,
        ShellWorker.SaysEvent(Second, ConnectionEvent.ConnectDelayed),
        ShellWorker.Reads,
        .. Enumerable.Range(0, MostWaits).SelectMany(wait => (string[])[Looked(First, wait), Looked(Second, wait)]),
        ShellWorker.ReadsTheRest,
    ];

    private static string Looked(uint connection, int wait) => ShellWorker.Says(FrameKind.Looked, frame => frame.Add(wait), connection);
}
