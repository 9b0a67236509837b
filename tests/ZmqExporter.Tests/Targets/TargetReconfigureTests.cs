using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Tests.Metrics;
using Zmtp;

namespace ZmqExporter.Tests.Targets;

/// <summary>A target gets another configuration.</summary>
public sealed class TargetReconfigureTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public void Reconfigure_OtherInterval_KeepsStateCountersAndHistory()
    {
        var target = Create();
        target.Record(MetricsUnderTest.OnTime());
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        target.OnStaleReply();
        var before = target.Snapshot();
        var recent = target.Results();

        var config = target.Config with { Module = target.Config.Module with { Interval = TimeSpan.FromSeconds(3) } };
        target.Reconfigure(config);

        var after = target.Snapshot();
        Assert.Same(config, after.Config);
        Assert.Equal((before.State, before.Probes, before.StaleReplies, before.StateSince), (after.State, after.Probes, after.StaleReplies, after.StateSince));
        Assert.Equal(recent, target.Results());
        Assert.Equal(before.RoundTrips!.Count, after.RoundTrips!.Count);
        Assert.Equal(TargetState.Suspect, after.State);
    }

    [Fact]
    public void Reconfigure_OtherBuckets_BeginsAnotherHistogramNow()
    {
        var target = Create();
        target.Record(MetricsUnderTest.OnTime());
        _time.Advance(TimeSpan.FromMinutes(1));
        target.Reconfigure(target.Config with { Module = target.Config.Module with { Buckets = [0.5] } });

        var histogram = target.Snapshot().RoundTrips!;
        Assert.Equal((0, _time.GetUtcNow()), (histogram.Count, histogram.Created));
        Assert.Equal([0.5], histogram.Bounds);
        Assert.Equal(1, target.Snapshot().Probes);
    }

    [Fact]
    public void Reconfigure_OtherFlapping_JudgesByIt()
    {
        var target = Create();
        var policy = target.Config.Module.Policy with { DownAfter = 1, UpAfter = 1, FlappingChanges = 2 };
        target.Reconfigure(target.Config with { Module = target.Config.Module with { Policy = policy } });
        target.Record(MetricsUnderTest.OnTime());
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        Assert.False(target.Snapshot().Flapping);
        target.Record(MetricsUnderTest.OnTime());
        Assert.True(target.Snapshot().Flapping);
    }

    [Theory]
    [InlineData("endpoint")]
    [InlineData("client")]
    [InlineData("security")]
    public void Reconfigure_OtherServerOrWayToIt_ForgetsWhatTheLastAnswerSaid(string what)
    {
        var target = Create();
        target.Record(MetricsUnderTest.OnTime());
        var module = target.Config.Module;
        Assert.True(ZmtpEndpoint.TryParse("tcp://orders.internal:6666", out var endpoint, out _));
        target.Reconfigure(what switch
        {
            "endpoint" => target.Config with { Endpoint = endpoint },
            "client" => target.Config with { Module = module with { Client = MessagingClient.NetMq } },
            _ => target.Config with { Module = module with { Security = new SecurityConfig.Plain("me", new Secret("secret")) } },
        });

        var snapshot = target.Snapshot();
        Assert.Null(snapshot.Peer);
        Assert.Null(snapshot.LastResult);
        Assert.Null(snapshot.LastProbe);
        Assert.Equal((TargetState.Up, 1, 1), (snapshot.State, snapshot.Probes, snapshot.RoundTrips!.Count));
    }

    [Fact]
    public void Reconfigure_OtherProber_BeginsAnotherHistogramAndShowsNoSubscription()
    {
        var target = Create();
        var request = target.Config;
        var subscribe = new SubscribeProberConfig([[]], TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), []);
        target.Record(MetricsUnderTest.OnTime());
        _time.Advance(TimeSpan.FromMinutes(1));
        target.Reconfigure(request with { Module = request.Module with { Prober = subscribe } });

        var subscribed = target.Snapshot();
        Assert.Equal(SubscriptionCounters.None, subscribed.Subscription);
        Assert.Equal((0, _time.GetUtcNow()), (subscribed.RoundTrips!.Count, subscribed.RoundTrips.Created));
        Assert.Null(subscribed.LastResult);
        Assert.NotNull(subscribed.Peer); // the server is the same
        target.OnSubscriptionRead(new SubscriptionBatch(1, 64, default, Delay: null, _time.GetUtcNow()));
        target.Reconfigure(request);
        Assert.Null(target.Snapshot().Subscription);
    }

    [Fact]
    public void Reconfigure_OtherKey_IsRefused()
    {
        var target = Create();
        Assert.Throws<ArgumentException>(() => target.Reconfigure(target.Config with { Name = "quotes" }));
        Assert.Equal("orders", target.Config.Name);
    }

    private Target Create() => new(MetricsUnderTest.Target(), _time);
}
