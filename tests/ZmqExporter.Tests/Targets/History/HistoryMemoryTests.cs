using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;
using Zmtp;

namespace ZmqExporter.Tests.Targets.History;

public sealed class HistoryMemoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    // What a target may take by default, with the worst that can come. Of many targets, so that what they share counts as little as it does.
    [Fact]
    public void Record_WorstCase_TakesAtMostFourKilobytesATarget()
    {
        const int Targets = 50;
        TargetHistory[] histories = [.. Enumerable.Range(0, Targets).Select(_ => Worst())];
        Assert.InRange(HeldBytes.Of([histories]) / Targets, 1000, 4096);
    }

    private static TargetHistory Worst()
    {
        var history = new TargetHistory(isLean: false);
        var reasons = FailureReasons.All.Where(reason => reason != FailureReason.LocalError).ToArray();
        for (var i = 0; i < 2 * HourlyCounts.Hours; i++)
        {
            var at = Start.AddHours(i);
            var messages = new LastMessages();
            messages.OnSent(ZmtpMessage.FromFrames([.. Enumerable.Range(0, 20).Select(_ => new byte[50])]));
            messages.OnReceived(ZmtpMessage.FromFrames([.. Enumerable.Range(0, 20).Select(_ => new byte[50])]));
            var miss = ProbeResult.Miss(reasons[i % reasons.Length], new string('x', 1000), reachable: true);
            var transition = new TargetTransition(TargetState.Suspect, i % 3 == 0 ? TargetState.Down : TargetState.Suspect);
            history.Record(miss, at, transition, messages);
            history.Record(new ProbeResult { Outcome = ProbeOutcome.OnTime }, at, default, default);
            history.OnEvent(ConnectionEvent.Closed, at);
        }

        return history;
    }
}
