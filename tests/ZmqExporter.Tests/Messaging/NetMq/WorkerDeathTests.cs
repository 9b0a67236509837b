using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>A worker that says that one of NetMQ's threads is dead, and lives on for a while: a shell stands for it.</summary>
public sealed class WorkerDeathTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1); // nobody waits for it

    // What it still waits for is of no use to a probe, which would run into the next one.
    [Fact]
    public async Task OpenAsync_WorkerDiesAndHasNotEnded_EndsAtOnceAsOurOwnFailure()
    {
        using var timers = new TimerQueue(TimeProvider.System);
        var context = new ZmtpContext(timers, new NameResolver());
        var saysDead = ShellWorker.Says(FrameKind.Dead, static frame => frame.Add(0).Text("of a bad command"));
        var settings = new WorkerSettings(NullLogger.Instance)
        {
            Program = ShellWorker.Program($"{ShellWorker.SaysHello}; head -c 1 >/dev/null; {saysDead}; cat >/dev/null"), // the end of its input is its own
        };
        using var workers = new NetMqWorkers(context, settings);
        Assert.True(ZmtpEndpoint.TryParse("tcp://127.0.0.1:5555", out var endpoint, out _));
        var options = new LinkOptions { Name = "orders", Endpoint = endpoint, SocketType = SocketType.Req, AttemptTimeout = Long };
        using var own = new DiagnosticClient(_ => throw new InvalidOperationException("there is nothing to look at"), timers, Long);
        using var link = new NetMqLink(options, workers, own, new NobodyListens());

        var outcome = await link.OpenAsync(timers.After(Long)).AsTask().WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);

        Assert.Equal(
            (LinkOutcomeKind.Failed, ZmtpErrorCode.Local, "the NetMQ worker process ended and is started again (of a bad command)"),
            (outcome.Kind, outcome.Error?.Code, outcome.Error?.Message));
        Assert.Empty(workers.Quarantined); // it has not ended, and others may die with it
    }
}
