using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Metrics;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>A subscribe prober over a link in fake time, with a timeout of 2 s and a <c>max_silence</c> of 20 s unless it says otherwise.</summary>
internal sealed class SubscriptionUnderTest : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly SubscribeProber _prober;
    private readonly Counter _counter = new();

    public SubscriptionUnderTest(double maxSilence = 20, bool ping = true, string topic = "", params ExpectConfig[] expect)
    {
        Link = new FakeSubscription(_time);
        var target = MetricsUnderTest.Target();
        var config = new SubscribeProberConfig(
            [[.. System.Text.Encoding.UTF8.GetBytes(topic)]], TimeSpan.FromSeconds(maxSilence), TimeSpan.FromSeconds(maxSilence), [.. expect]);
        target = target with { Module = target.Module with { Prober = config, Ping = ping } };
        _prober = new SubscribeProber(target, LinkSetup.OptionsFor(target), Link, _time, _counter);
    }

    public FakeSubscription Link { get; }

    /// <summary>Messages that were counted.</summary>
    public long Messages => _counter.Messages;

    public void Dispose() => _prober.Dispose();

    /// <summary>A prober that has connected and had a message, so that its target is well.</summary>
    public async Task<SubscriptionUnderTest> StartedAsync()
    {
        Link.DuringWait = () => Link.Publish("tick");
        Assert.Equal(ProbeOutcome.OnTime, (await ProbeAsync()).Outcome);
        return this;
    }

    public async Task<ProbeResult> ProbeAsync()
    {
        var before = Timestamp.Now(_time);
        var result = await _prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.True(before.Elapsed(_time) <= TimeSpan.FromSeconds(2), "a probe ends by its timeout");
        return result;
    }

    /// <summary>Lets time pass and probes.</summary>
    public Task<ProbeResult> ProbeAfterAsync(double seconds)
    {
        Link.Pass(TimeSpan.FromSeconds(seconds));
        return ProbeAsync();
    }

    /// <summary>Probes at an interval, whatever each probe takes.</summary>
    public async Task<List<ProbeResult>> ProbeEveryAsync(double seconds, double until)
    {
        var (start, results) = (Timestamp.Now(_time), new List<ProbeResult>());
        for (var due = seconds; due <= until; due += seconds)
        {
            Link.Pass(TimeSpan.FromSeconds(Math.Max(0, due - start.Elapsed(_time).TotalSeconds)));
            results.Add(await ProbeAsync());
        }

        return results;
    }

    public static (ProbeOutcome, FailureReason?, bool?, bool?) Answers(ProbeResult result)
    {
        Assert.Null(result.Responsive);
        return (result.Outcome, result.Reason, result.Reachable, result.Ready);
    }

    private sealed class Counter : IProbeObserver
    {
        public long Messages { get; private set; }

        public void OnConnectionEvent(ConnectionEvent connectionEvent)
        {
        }

        public void OnStaleReply()
        {
        }

        public void OnSubscriptionRead(in SubscriptionBatch batch) => Messages += batch.Messages;
    }
}
