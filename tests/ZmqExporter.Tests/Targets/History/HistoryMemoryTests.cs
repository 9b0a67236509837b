using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;
using Zmtp;

namespace ZmqExporter.Tests.Targets.History;

/// <summary>What others allocate meanwhile would be counted, too.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryCollection
{
    public const string Name = "measures the memory of the process";
}

[Collection(MemoryCollection.Name)]
public sealed class HistoryMemoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    // What a target may take by default, with the worst that can come. The middle one of some rounds: what earlier tests left in pools may go at any time.
    [Fact]
    public void Record_WorstCase_TakesAtMostFourKilobytesATarget()
    {
        const int Rounds = 7;
        var taken = Enumerable.Range(0, Rounds).Select(_ => BytesOfOne()).Order().ToArray();
        Assert.InRange(taken[Rounds / 2], 1000, 4096);
    }

    private static double BytesOfOne()
    {
        const int Targets = 200;
        var histories = new TargetHistory[Targets];
        var before = Held();
        for (var target = 0; target < Targets; target++)
        {
            histories[target] = Worst();
        }

        var taken = (double)(Held() - before) / Targets;
        GC.KeepAlive(histories);
        return taken;
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

    private static long Held()
    {
        GC.GetTotalMemory(forceFullCollection: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
