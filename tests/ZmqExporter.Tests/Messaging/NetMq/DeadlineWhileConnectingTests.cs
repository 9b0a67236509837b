using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>A wait ends while NetMQ makes another connection than the one that the probe began with, and does not come to it.</summary>
public sealed class DeadlineWhileConnectingTests : ISubscriptionObserver, IDisposable
{
    private const uint First = 1;
    private const uint Second = 2;
    private const int MostWaits = 20;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);

    private readonly FakeTimeProvider _time = new();
    private readonly TimerQueue _timers;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DiagnosticClient _own;

    public DeadlineWhileConnectingTests()
    {
        _timers = new TimerQueue(_time);
        _own = new DiagnosticClient(_ => throw new InvalidOperationException("there is nothing to look at"), _timers, Timeout);
    }

    public void Dispose()
    {
        _own.Dispose();
        _timers.Dispose();
    }

    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        if (connectionEvent == ConnectionEvent.ConnectDelayed)
        {
            _begun.TrySetResult();
        }
    }

    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message)
    {
    }

    void ISubscriptionObserver.OnSubscribed(Timestamp timestamp, SubscriptionCause cause)
    {
    }

    int ISubscriptionObserver.KeptLength(int number) => 0;

    void ISubscriptionObserver.OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
    }

    void ISubscriptionObserver.OnFramesRead(Timestamp timestamp)
    {
    }

    // The worker finds at the request that the connection was lost before.
    [Fact]
    public async Task ReceiveAsync_WaitEndsBeforeTheDeadline_LeavesTimeToConnectAgain()
    {
        using var workers = Workers(ShellWorker.Reads, ShellWorker.SaysLost(First, isUnsent: true), ShellWorker.ReadsQuestions(1)); // it is told to close it
        using var link = new NetMqLink(Options(SocketType.Req), workers, _own, this);
        var deadline = _timers.After(Timeout);
        await OpenAsync(link, deadline);
        link.EndProbe(AfterProbe.Keep);
        await OpenAsync(link, deadline);
        link.Send(ZmtpMessage.FromText("ping"));

        var outcome = await ReceiveAsync(link, _timers.After(Timeout / 2));

        Assert.Equal((LinkOutcomeKind.TimedOut, null), (outcome.Kind, outcome.Error));
    }

    [Fact]
    public async Task ReceiveAsync_RenewalDoesNotConnect_IsNoTimeoutOfTheConnectionInUse()
    {
        using var workers = Workers();
        using var link = new NetMqSubscriptionLink(Options(SocketType.Sub), workers, _own, this);
        var deadline = _timers.After(Timeout);
        await OpenAsync(link, deadline);
        link.OnReleased();

        var outcome = await ReceiveAsync(link, deadline);

        Assert.Equal((LinkOutcomeKind.TimedOut, null), (outcome.Kind, outcome.Error));
    }

    private static LinkOptions Options(SocketType type)
    {
        Assert.True(ZmtpEndpoint.TryParse("tcp://127.0.0.1:5555", out var endpoint, out _));
        return new LinkOptions { Name = "orders", Endpoint = endpoint, SocketType = type, AttemptTimeout = Timeout, Topics = [[]] };
    }

    private static async Task OpenAsync(NetMqLink link, Timestamp deadline) =>
        Assert.Equal(LinkOutcomeKind.Opened, (await WithinDeadline(link.OpenAsync(deadline).AsTask())).Kind);

    private static Task<T> WithinDeadline<T>(Task<T> task) => task.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);

    private async Task<LinkOutcome> ReceiveAsync(NetMqLink link, Timestamp until)
    {
        await _begun.Task.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
        var outcome = link.ReceiveAsync(until).AsTask();
        _time.Advance(until - _timers.Now);
        return await WithinDeadline(outcome);
    }

    // It makes the first connection, begins with the second one, and has always looked.
    private NetMqWorkers Workers(params string[] between)
    {
        var looked = Enumerable.Range(0, MostWaits).SelectMany(wait => (string[])[Looked(First, wait), Looked(Second, wait)]);
        var script = string.Join(
            "; ",
            [
                ShellWorker.SaysHello,
                ShellWorker.Reads,
                ShellWorker.SaysEvent(First, ConnectionEvent.Connected),
                .. between,
                ShellWorker.Reads,
                ShellWorker.SaysEvent(Second, ConnectionEvent.ConnectDelayed),
                ShellWorker.Reads,
                .. looked,
                ShellWorker.ReadsTheRest,
            ]);
        return new NetMqWorkers(
            new ZmtpContext(_timers, new NameResolver()), new WorkerSettings(NullLogger.Instance) { Program = ShellWorker.Program(script) });
    }

    private static string Looked(uint connection, int wait) => ShellWorker.Says(FrameKind.Looked, frame => frame.Add(wait), connection);
}
