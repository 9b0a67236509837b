using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Heartbeat;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Tests.Configuration;
using Zmtp;

namespace ZmqExporter.Tests.Targets;

public sealed class TargetHeartbeatTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public void OnHeartbeat_NewInstances_AreRestartsAndTheFirstIsNone()
    {
        var target = Target();
        Assert.Equal(0, target.Snapshot().Heartbeat!.Restarts);

        Tell(target, "a", "a", "b", "b", "c");

        Assert.Equal((2, "c"), (target.Snapshot().Heartbeat!.Restarts, target.Snapshot().Heartbeat!.Instance));
    }

    [Fact]
    public void OnHeartbeat_AnOutageBetween_ARestartIsSeenAllTheSame()
    {
        var target = Target();
        Tell(target, "a");
        for (var i = 0; i < 5; i++)
        {
            target.Record(ProbeResult.Miss(FailureReason.Refused, "away", reachable: false));
        }

        Tell(target, "b");

        Assert.Equal(1, target.Snapshot().Heartbeat!.Restarts);
    }

    [Fact]
    public void OnHeartbeat_InstancesThatTakeTurns_AreNoRestarts()
    {
        var target = Target();

        Tell(target, "a", "b", "a", "b", "a", "b");

        Assert.Equal(1, target.Snapshot().Heartbeat!.Restarts); // the second process came later, as a restarted one does
    }

    [Fact]
    public void OnHeartbeat_AnotherService_IsNoRestart()
    {
        var target = Target();

        target.OnHeartbeat(Report("a", "orders"));
        target.OnHeartbeat(Report("b", "stock"));

        Assert.Equal(0, target.Snapshot().Heartbeat!.Restarts);
    }

    [Fact]
    public void Reconfigure_AnotherServer_ItsInstanceIsNoRestart()
    {
        var target = Target();
        Tell(target, "a", "b");

        target.Reconfigure(Config("tcp://other.internal:5555"));
        Tell(target, "c");

        Assert.Equal(1, target.Snapshot().Heartbeat!.Restarts);
    }

    [Fact]
    public void Restore_ARestartWhileTheExporterWasAway_IsCounted()
    {
        var before = Target();
        Tell(before, "a", "b");
        var after = Target();

        after.Restore(before.Remember());
        Tell(after, "b");
        Assert.Equal(1, after.Snapshot().Heartbeat!.Restarts);
        Tell(after, "c");
        Assert.Equal(2, after.Snapshot().Heartbeat!.Restarts);
    }

    [Fact]
    public void Record_NamesWithoutEnd_MakeNoSeriesWithoutEnd()
    {
        var target = Target();
        for (var probe = 0; probe < 10; probe++)
        {
            target.Record(Answer(Enumerable.Range(0, 20).Select(number => $"n{probe}_{number}")));
        }

        target.Record(Answer(["n0_1", "n9_1"]));

        var snapshot = target.Snapshot();
        Assert.Equal("n0_1", Assert.Single(snapshot.Values).Labels[0]);
        Assert.Equal((10 * 20) - HeartbeatProtocol.MaxNumbers + 1, snapshot.DroppedValues);
    }

    [Fact]
    public void Snapshot_AModuleWithoutHeartbeats_HasNone()
    {
        var target = new Target(Assert.Single(Parsed.Config("modules: {m: {prober: handshake}}\ntargets: [{name: a, endpoint: \"tcp://h:1\", modules: [m]}]\n").Targets), _time);

        target.OnHeartbeat(Report("a"));

        Assert.Null(target.Snapshot().Heartbeat);
    }

    private static TargetConfig Config(string endpoint) =>
        Assert.Single(Parsed.Config($"targets: [{{name: a, endpoint: \"{endpoint}\", modules: [heartbeat]}}]\n").Targets);

    private static HeartbeatReport Report(string instance, string service = "") => new(HeartbeatStatus.Serving, service, instance, HeartbeatDetails.None);

    private static ProbeResult Answer(IEnumerable<string> names) => ProbeResult.Answer(ProbeOutcome.OnTime, "", reachable: true) with
    {
        Values = new MessageValues([.. names.Select(name => new ValueSample(HeartbeatConfig.Numbers, [name], 1))], Dropped: 0),
    };

    private static void Tell(Target target, params string[] instances)
    {
        foreach (var instance in instances)
        {
            target.OnHeartbeat(Report(instance));
        }
    }

    private Target Target() => new(Config("tcp://orders.internal:5555"), _time);
}
