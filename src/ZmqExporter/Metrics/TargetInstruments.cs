using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Metrics;

/// <summary>Every series of one target and module. Thread-safe; disposal removes the series.</summary>
/// <remarks>What is recorded after disposal is dropped: a late result must not bring the series of a removed target back.</remarks>
internal sealed class TargetInstruments : IProbeObserver, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Action<TargetInstruments> _removed;
    private readonly TimeProvider _time;
    private readonly TargetSeries _series;
    private readonly StateInstruments _state;
    private readonly QuestionInstruments _questions;
    private readonly ProbeInstruments _probes;
    private readonly FailureInstruments _failures;
    private readonly PhaseInstruments? _phases;
    private readonly ConnectionInstruments? _connections;
    private readonly PeerInstruments? _peer;
    private readonly SubscriptionInstruments? _subscription;
    private bool _disposed;

    /// <param name="families">Where the series belong.</param>
    /// <param name="target">Whose series.</param>
    /// <param name="time">For the timestamps.</param>
    /// <param name="removed">Called once, after the series are gone.</param>
    public TargetInstruments(TargetFamilies families, TargetConfig target, TimeProvider time, Action<TargetInstruments> removed)
    {
        _time = time;
        _removed = removed;
        _series = new TargetSeries(target, families.Labels);
        families.Info.Create(_series, target);
        _state = new StateInstruments(families.State, _series, time.GetUtcNow());
        _questions = new QuestionInstruments(families.Questions, _series);
        _probes = new ProbeInstruments(families.Probes, _series);
        _failures = new FailureInstruments(families.Failures, _series);
        _phases = families.Phases is { } phases ? new PhaseInstruments(phases, _series) : null;
        _connections = families.Connections is { } connections ? new ConnectionInstruments(connections, _series, target.Module.Client) : null;
        _peer = families.Peers is { } peers ? new PeerInstruments(peers, _series) : null;
        _subscription = target.Module.Prober is SubscribeProberConfig ? new SubscriptionInstruments(families.Subscriptions, _series) : null;
    }

    /// <summary>Records a finished probe and the state that it led to.</summary>
    /// <param name="result">The raw truth.</param>
    /// <param name="before">The policy's state before it.</param>
    /// <param name="after">The policy's state after it.</param>
    /// <param name="flapping">Whether the target flaps now.</param>
    public void RecordProbe(ProbeResult result, PolicyState before, PolicyState after, bool flapping)
    {
        ArgumentNullException.ThrowIfNull(result);
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _probes.Record(result, now);
            _failures.Record(result);
            _questions.Record(result);
            _phases?.Record(result.Phases);
            _peer?.Record(result.Peer);
            _state.Record(before, after, flapping, now);
        }
    }

    /// <inheritdoc />
    /// <remarks>Takes no lock: it creates no series, so that it cannot bring one back.</remarks>
    public void OnConnectionEvent(ConnectionEvent connectionEvent) => _connections?.Record(connectionEvent);

    /// <inheritdoc />
    /// <remarks>Takes no lock, for the same reason.</remarks>
    public void OnSubscriptionRead(in SubscriptionBatch batch) => _subscription?.Record(batch);

    /// <inheritdoc />
    /// <remarks>Takes no lock, for the same reason.</remarks>
    public void OnStaleReply() => _probes.RecordStaleReply();

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _series.RemoveAll();
        }

        // Outside the lock: the receiver has one of its own, under which it may dispose us.
        _removed(this);
    }
}
