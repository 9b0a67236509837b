using ZmqExporter.Configuration;
using ZmqExporter.Metrics;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Metrics;

/// <summary>A story for the golden files: a good answer, a late one, an outage, our own fault; and beside it a target that was never probed.</summary>
internal static class Script
{
    public static void Play(MetricsUnderTest test)
    {
        var target = test.Exporter.CreateTarget(MetricsUnderTest.Target("orders", "ping", ("team", "trading")));
        test.Exporter.CreateTarget(MetricsUnderTest.Target("quotes", "ping"));
        Subscribe(test);
        test.Exporter.Exporter.SetTargets(3);
        target.OnConnectionEvent(ConnectionEvent.ConnectDelayed);
        target.OnConnectionEvent(ConnectionEvent.Connected);
        target.OnConnectionEvent(ConnectionEvent.HandshakeSucceeded);

        var state = default(PolicyState);
        void Step(ProbeResult result, TargetState after, int misses = 0, bool flapping = false)
        {
            test.Time.Advance(TimeSpan.FromSeconds(15));
            test.Exporter.Exporter.ProbeStarted(TimeSpan.FromMilliseconds(3));
            var next = MetricsUnderTest.State(after, misses);
            target.RecordProbe(result, state, next, flapping);
            state = next;
            test.Exporter.Exporter.ProbeEnded();
        }

        Step(MetricsUnderTest.OnTime(), TargetState.Up);
        Step(MetricsUnderTest.OnTime(0.75) with { Outcome = ProbeOutcome.Late, Detail = "late" }, TargetState.Up);
        Step(MetricsUnderTest.Miss(FailureReason.ReplyTimeout, reachable: true), TargetState.Suspect, 1);
        target.OnStaleReply();
        target.OnConnectionEvent(ConnectionEvent.Disconnected);
        Step(MetricsUnderTest.Miss(FailureReason.Refused), TargetState.Suspect, 2);
        Step(MetricsUnderTest.Miss(FailureReason.Refused), TargetState.Down, 3, flapping: true);
        Step(new ProbeResult { Outcome = ProbeOutcome.LocalError, Reason = FailureReason.LocalError }, TargetState.Unknown, flapping: true);
        var hung = MetricsUnderTest.Miss(FailureReason.ReplyTimeout, reachable: true) with
        {
            Phases = new PhaseDurations(null, TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(3), TimeSpan.FromSeconds(0.25), null),
        };
        Step(hung, TargetState.Suspect, 1, flapping: true);
        test.Exporter.Exporter.ProbesSkipped(4);
    }

    private static void Subscribe(MetricsUnderTest test)
    {
        var target = MetricsUnderTest.Target("book", "stream");
        var prober = new SubscribeProberConfig([[]], TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), []);
        var instruments = test.Exporter.CreateTarget(target with { Module = target.Module with { Prober = prober } });
        instruments.OnSubscriptionRead(new SubscriptionBatch(10, 640, new SequenceCounts(3, 2, 1, 4), TimeSpan.FromSeconds(0.125), test.Time.GetUtcNow().AddSeconds(-1)));
        instruments.OnSubscriptionRead(new SubscriptionBatch(1, 64, default, null, test.Time.GetUtcNow()));
        instruments.RecordProbe(new ProbeResult { Outcome = ProbeOutcome.Pending, Reachable = true }, default, default, flapping: false);
    }
}
