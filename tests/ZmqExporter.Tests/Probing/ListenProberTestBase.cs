using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Heartbeat;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;
using Zmtp;
using Zmtp.Listening;

namespace ZmqExporter.Tests.Probing;

/// <summary>A target whose heartbeats are pushed, in fake time.</summary>
public abstract class ListenProberTestBase : IDisposable
{
    private protected readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private protected readonly PushedBeats _beats = new();
    private protected readonly FakeListener _listener;
    private protected readonly Observer _observer = new();
    private protected readonly FakePeer _peer;
    private protected readonly PushSender _sender;
    private protected readonly ListenProber _prober;
    private int _sequence;

    protected ListenProberTestBase()
    {
        _listener = new FakeListener(_time);
        _peer = new FakePeer(_time);
        _sender = new PushSender(_peer);
        _beats.Listener = _listener;
        _prober = new ListenProber(Parsed.Config("targets: [{name: backup, modules: [heartbeat_push]}]").Targets[0], _beats, _time, _observer);
    }

    public void Dispose()
    {
        _prober.Dispose();
        GC.SuppressFinalize(this);
    }

    // Silent since a moment.
    private protected async Task SilenceAsync()
    {
        Push();
        await ExpectAsync(ProbeOutcome.OnTime, "1 heartbeat");
        _time.Advance(TimeSpan.FromSeconds(26));
    }

    // The clock goes on while the probe waits.
    private protected async Task<ProbeResult> ProbeSlowlyAsync()
    {
        var probe = _prober.ProbeAsync(CancellationToken.None).AsTask();
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(50));
                return probe.IsCompleted;
            },
            "the probe did not end");
        return await probe;
    }

    private protected void Push(string status = "SERVING", string instance = "run1", string details = "{}", Timestamp? arrived = null)
    {
        var message = ZmtpMessage.FromText("ZHB1", "backup", status, instance, $"{_sequence++}", "1767323045", "10", details);
        Assert.Equal(PushOutcome.Delivered, _beats.Deliver(message, _sender, arrived ?? Timestamp.Now(_time)));
    }

    private protected async Task<ProbeResult> ExpectAsync(ProbeOutcome outcome, string words)
    {
        var result = await _prober.ProbeAsync(CancellationToken.None);
        Assert.Equal(outcome, result.Outcome);
        Assert.Contains(words, result.Detail, StringComparison.Ordinal);
        return result;
    }

    private protected sealed class FakeListener(TimeProvider time) : IPushListener
    {
        public string? Problem { get; set; }

        public Timestamp AvailableSince { get; set; } = Timestamp.Now(time);

        public Timestamp KeptAwayAt { get; set; }

        public Action? OnReadAll { get; set; }

        public Task ReadAll { get; set; } = Task.CompletedTask;

        public Task ReadAllAsync()
        {
            OnReadAll?.Invoke();
            return ReadAll;
        }
    }

    private protected sealed class FakePeer(TimeProvider time) : IPushPeer
    {
        private TaskCompletionSource<Timestamp>? _answer;
        private ListenerPing? _out;

        public string Words => "10.0.0.7 (user \"backup\")";

        public bool KnowsPing { get; set; }

        public bool EndedAtPing { get; set; }

        public bool? IsAcknowledged { get; set; }

        public Timestamp KeptAwayAt { get; set; }

        public bool Answers { get; set; }

        public Action? Asked { get; set; }

        public int Pings { get; private set; }

        public void Answer(Timestamp? at = null)
        {
            _answer?.TrySetResult(at ?? Timestamp.Now(time));
            _out = null;
        }

        public ListenerPing? Ping()
        {
            if (_out is { } asked)
            {
                return asked;
            }

            Pings++;
            _answer = new TaskCompletionSource<Timestamp>();
            var ping = _out = new ListenerPing(Timestamp.Now(time), _answer.Task);
            Asked?.Invoke();
            if (Answers)
            {
                Answer();
            }

            return ping;
        }
    }

    private protected sealed class Observer : IProbeObserver
    {
        public List<string> Instances { get; } = [];

        public long Messages { get; private set; }

        public LastBeat? LastBeat { get; set; }

        public void OnConnectionEvent(ConnectionEvent connectionEvent)
        {
        }

        public void OnStaleReply()
        {
        }

        public void OnSubscriptionRead(in SubscriptionBatch batch) => Messages += batch.Messages;

        public void OnHeartbeat(HeartbeatReport report) => Instances.Add(report.Instance);
    }
}
