using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Metrics;

/// <summary>A story for the golden files: a good answer, a late one, an outage, our own fault; and beside it a target that was never probed.</summary>
internal static class Script
{
    public static void Play(MetricsUnderTest test)
    {
        var target = test.Targets.Set(MetricsUnderTest.Target("orders", "ping", ("team", "trading")));
        test.Targets.Set(MetricsUnderTest.Target("quotes", "ping"));
        Subscribe(test);
        test.Exporter.Self.SetTargets(3);
        test.Exporter.Self.Discovery.Set("targets/*.yml", targets: 2, conflicts: 1);
        test.Exporter.Self.Discovery.Set("targets/*.yml", isGood: true, isNews: true);
        test.Exporter.Self.Discovery.Failed("targets/*.yml");
        target.OnConnectionEvent(ConnectionEvent.ConnectDelayed);
        target.OnConnectionEvent(ConnectionEvent.Connected);
        target.OnConnectionEvent(ConnectionEvent.HandshakeSucceeded);

        void Step(ProbeResult result, TargetState after)
        {
            test.Time.Advance(TimeSpan.FromSeconds(15));
            test.Exporter.Self.ProbeStarted(TimeSpan.FromMilliseconds(3));
            Assert.Equal(after, target.Record(result).After);
            test.Exporter.Self.ProbeEnded();
        }

        Step(MetricsUnderTest.OnTime(), TargetState.Up);
        Step(MetricsUnderTest.OnTime(0.75) with { Outcome = ProbeOutcome.Late, Detail = "late" }, TargetState.Up);
        Step(MetricsUnderTest.Miss(FailureReason.ReplyTimeout, reachable: true), TargetState.Suspect);
        target.OnStaleReply();
        target.OnConnectionEvent(ConnectionEvent.Disconnected);
        Step(MetricsUnderTest.Miss(FailureReason.Refused), TargetState.Suspect);
        Step(MetricsUnderTest.Miss(FailureReason.Refused), TargetState.Down);
        Step(new ProbeResult { Outcome = ProbeOutcome.LocalError, Reason = FailureReason.LocalError }, TargetState.Unknown);
        var hung = MetricsUnderTest.Miss(FailureReason.ReplyTimeout, reachable: true) with
        {
            Phases = new PhaseDurations(null, TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(3), TimeSpan.FromSeconds(0.25), null),
        };
        Step(hung, TargetState.Suspect);
        test.Exporter.Self.ProbesSkipped(4);
    }

    private static void Subscribe(MetricsUnderTest test)
    {
        var target = MetricsUnderTest.Target("book", "stream");
        var prober = new SubscribeProberConfig([[]], TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), []);
        var record = test.Targets.Set(target with { Module = target.Module with { Prober = prober } });
        record.OnSubscriptionRead(new SubscriptionBatch(10, 640, new SequenceCounts(3, 2, 1, 4), TimeSpan.FromSeconds(0.125), test.Time.GetUtcNow().AddSeconds(-1)) { Followed = 6 });
        record.OnSubscriptionRead(new SubscriptionBatch(1, 64, default, null, test.Time.GetUtcNow()));
        record.Record(new ProbeResult { Outcome = ProbeOutcome.Pending, Reachable = true, Ready = true });
    }
}
