using Microsoft.Extensions.Logging.Testing;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>A worker that says that one of NetMQ's threads is dead, and lives on for a while.</summary>
public sealed class WorkerDeathTests() : ShellWorkerTest(TimeSpan.FromHours(1), TimeProvider.System) // nobody waits for it
{
    // What it still waits for is of no use to a probe, which would run into the next one.
    [Fact]
    public async Task OpenAsync_WorkerDiesAndHasNotEnded_EndsAtOnceAsOurOwnFailure()
    {
        var link = Link(
            ShellWorker.SaysHello,
            "head -c 1 >/dev/null",
            ShellWorker.Says(FrameKind.Dead, static frame => frame.Add(0).Text("of a bad command")),
            ShellWorker.ReadsTheRest); // the end of its input is its own

        var outcome = await WithinDeadline(link.OpenAsync(Timers.After(Timeout)));

        Assert.Equal(
            (LinkOutcomeKind.Failed, ZmtpErrorCode.Local, "the NetMQ worker process ended and is started again (of a bad command)"),
            (outcome.Kind, outcome.Error?.Code, outcome.Error?.Message));
        Assert.Empty(Workers!.Quarantined); // it has not ended, and others may die with it
    }

    // Where suspects are tried, many die at once.
    [Fact]
    public async Task OpenAsync_SeveralThreadsDied_TheEvidenceIsTheDeathOfTheServersOwn()
    {
        var link = Link(
            ShellWorker.SaysHello,
            "head -c 1 >/dev/null",
            ShellWorker.Says(FrameKind.Dead, static frame => frame.Add(0).Text("of its command")),
            ShellWorker.Says(FrameKind.Dead, static frame => frame.Add(1).Text("of another one's")));

        await WithinDeadline(link.OpenAsync(Timers.After(Timeout)));
        await Eventually.TrueAsync(() => Verdicts().Any(), "nobody was quarantined");

        var verdict = Assert.Single(Verdicts());
        Assert.Equal("nobody else was connected on the thread that died in worker requests: of its command", verdict.GetStructuredStateValue("evidence"));
    }

    private IEnumerable<FakeLogRecord> Verdicts() => Logs.GetSnapshot().Where(record => record.Message.Contains("quarantined", StringComparison.Ordinal));
}
