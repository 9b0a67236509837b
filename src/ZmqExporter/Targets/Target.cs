using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;
using Zmtp;
using Zmtp.Timing;

namespace ZmqExporter.Targets;

/// <summary>
/// One target × module, and all that is true of it: its config, its state, its counters, its last results. Whatever shows a target shows a
/// <see cref="Snapshot"/> of this. It lives as long as its key is configured: a changed config changes neither state nor counters.
/// Thread-safe.
/// </summary>
internal sealed partial class Target
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly TargetEvents? _events;
    private readonly uint _mark;
    private TargetHistory _history;
    private bool _isLean;
    private DateTimeOffset _created;
    private TargetConfig _config;
    private FlappingDetector _flapping;
    private RoundTripHistogram? _roundTrips;
    private PolicyState _policy;
    private DateTimeOffset _stateSince;
    private LastResult? _lastResult;
    private DateTimeOffset _lastProbe;
    private DateTimeOffset? _lastSuccess;
    private PeerInfo? _peer;
    private SubscriptionCounters? _subscription;
    private LoopCounters? _loop;
    private TargetHeartbeat? _heartbeat;
    private TargetCounters _counters = new();
    private Timestamp? _due;
    private ImmutableArray<ValueSample> _values = [];
    private ImmutableArray<UnmappedSource> _unmapped = [];
    private long _droppedValues;
    private bool _hasEnded;

    /// <summary>Starts with no result.</summary>
    /// <param name="config">What to probe and how.</param>
    /// <param name="time">The clock.</param>
    /// <param name="detail">What is kept: round trips and connection events take memory, and <c>lean</c> shows neither.</param>
    /// <param name="events">Takes the changes of its state; null for nobody.</param>
    /// <exception cref="ArgumentException">A label has a reserved name (<see cref="TargetLabels.Reserved"/>).</exception>
    public Target(TargetConfig config, TimeProvider time, MetricsDetail detail = MetricsDetail.Full, TargetEvents? events = null)
    {
        _config = Checked(config);
        _time = time;
        _events = events;
        _isLean = detail == MetricsDetail.Lean;
        _history = new TargetHistory(_isLean);
        _created = time.GetUtcNow();
        _stateSince = _created;
        Key = TargetKey.Of(config);
        _mark = ProbeId.MarkOf(Key.Target, Key.Module);
        _flapping = FlappingOf(config.Module.Policy);
        _roundTrips = _isLean ? null : new RoundTripHistogram(config.Module.Buckets, _created);
        _subscription = SubscriptionOf(config);
        _loop = LoopOf(config);
        _heartbeat = config.Module.Prober.Heartbeat is null ? null : new TargetHeartbeat();
        _hidesMessages = HidesMessages(config);
    }

    /// <summary>What makes it this target.</summary>
    public TargetKey Key { get; }

    /// <summary>Its mark in the ids of its probes.</summary>
    public uint Mark => _mark;

    /// <summary>What is probed and how, now.</summary>
    public TargetConfig Config
    {
        get
        {
            lock (_lock)
            {
                return _config;
            }
        }
    }

    /// <summary>The debounced state now.</summary>
    public TargetState State
    {
        get
        {
            lock (_lock)
            {
                return _policy.State;
            }
        }
    }

    /// <summary>
    /// Takes another config of the same key. State, counters and history stay; what the last answer said goes when it was another server's, or
    /// was got in another way.
    /// </summary>
    /// <remarks>Other buckets make a new histogram, because observations cannot be sorted again, and so does another prober, which measures something else.</remarks>
    /// <exception cref="ArgumentException">It has another key, or a label with a reserved name.</exception>
    public void Reconfigure(TargetConfig config)
    {
        if (TargetKey.Of(Checked(config)) != Key)
        {
            throw new ArgumentException($"{TargetKey.Of(config)} is not {Key}", nameof(config));
        }

        lock (_lock)
        {
            var before = _config;
            _config = config;
            _hidesMessages = HidesMessages(config);
            var policy = config.Module.Policy;
            if ((before.Module.Policy.FlappingChanges, before.Module.Policy.FlappingWindow) != (policy.FlappingChanges, policy.FlappingWindow))
            {
                _flapping = FlappingOf(policy);
                _flapping.Observe(_policy.State, Timestamp.Now(_time));
            }

            if (before.Module.Prober != config.Module.Prober || before.Endpoint != config.Endpoint)
            {
                _values = []; // another message's
                _unmapped = [];
                _heartbeat = config.Module.Prober.Heartbeat is null ? null : _heartbeat ?? new TargetHeartbeat();
                _heartbeat?.Forget(isSameService: before.Endpoint == config.Endpoint);
            }

            var isOtherProber = before.Module.Prober.GetType() != config.Module.Prober.GetType();
            if (_roundTrips is not null && (isOtherProber || !config.Module.Buckets.AsSpan().SequenceEqual(_roundTrips.Bounds.AsSpan())))
            {
                _roundTrips = new RoundTripHistogram(config.Module.Buckets, _time.GetUtcNow());
            }

            if (isOtherProber)
            {
                _subscription = SubscriptionOf(config);
                _loop = LoopOf(config);
                _lastResult = null;
            }

            if ((before.Endpoint, before.ReturnEndpoint, before.Module.Client, before.Module.Security)
                != (config.Endpoint, config.ReturnEndpoint, config.Module.Client, config.Module.Security))
            {
                _peer = null;
                _lastResult = null;
            }
        }
    }

    /// <summary>Keeps from now on what another detail of the metrics shows.</summary>
    public void SetDetail(MetricsDetail detail)
    {
        lock (_lock)
        {
            _isLean = detail == MetricsDetail.Lean;
            _history.SetLean(_isLean);
            _roundTrips = _isLean ? null : _roundTrips ?? new RoundTripHistogram(_config.Module.Buckets, _time.GetUtcNow());
        }
    }

    /// <summary>Takes the result of a probe that has just ended.</summary>
    public TargetTransition Record(ProbeResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        lock (_lock)
        {
            var before = _policy.State;
            if (_hasEnded)
            {
                return new TargetTransition(before, before);
            }

            _policy = FailurePolicy.Apply(_config.Module.Policy, _policy, result.Outcome);
            _flapping.Observe(_policy.State, Timestamp.Now(_time));
            _lastProbe = _time.GetUtcNow();
            if (_policy.State != before)
            {
                _stateSince = _lastProbe;
                _counters.StateChanges.Increment((int)_policy.State);
            }

            CountNeedsLock(result);
            KeepValuesNeedsLock(result);
            _lastResult = LastResult.Of(result);
            _peer = result.Peer ?? _peer; // an outage does not change what the peer is
            var transition = new TargetTransition(before, _policy.State);
            _history.Record(result, _lastProbe, transition, _messages);
            _messages.Clear();
            if (transition.IsChange)
            {
                _events?.Add(Key, transition, _lastProbe, result);
            }

            return transition;
        }
    }

    /// <summary>Due times passed without a probe.</summary>
    public void AddSkipped(long count)
    {
        lock (_lock)
        {
            _counters.Skipped += count;
        }
    }

    /// <summary>The next probe is due at this instant: until it is set again, the target is overdue from there on.</summary>
    public void SetDue(Timestamp due)
    {
        lock (_lock)
        {
            _due = due;
        }
    }

    /// <summary>Nobody probes it any more, so nothing is due.</summary>
    public void SetIdle()
    {
        lock (_lock)
        {
            _due = null;
        }
    }

    // A miss may be a transient delay, and a series that comes and goes is no use; but what is down or unknown must not look alive.
    private void KeepValuesNeedsLock(ProbeResult result)
    {
        var isGone = _policy.State is TargetState.Down or TargetState.Unknown;
        _unmapped = result.CertainlyUnmapped ?? (isGone ? [] : _unmapped);
        if (result.Values is { } values)
        {
            _values = AdmittedNeedsLock(values.Samples);
            _droppedValues += values.Dropped + values.Samples.Length - _values.Length;
        }
        else if (isGone)
        {
            _values = [];
        }
    }

    private ImmutableArray<ValueSample> AdmittedNeedsLock(ImmutableArray<ValueSample> samples) => _heartbeat is not { } heartbeat ? samples
        : samples.RemoveAll(sample => ReferenceEquals(sample.Value, HeartbeatConfig.Numbers) && !heartbeat.Admits(sample.Labels[0]));

    private void CountNeedsLock(ProbeResult result)
    {
        _counters.Count(result);
        _loop = result is { Loop: { } loop, Outcome: not ProbeOutcome.LocalError } ? (_loop ?? LoopCounters.None) + loop : _loop;
        if (result.Outcome is not (ProbeOutcome.OnTime or ProbeOutcome.Late))
        {
            return;
        }

        _lastSuccess = _lastProbe;
        if (result.RoundTrip is { } roundTrip)
        {
            _roundTrips?.Observe(roundTrip);
        }
    }

    // Of secrets that are sent, and of a PLAIN password, a server knows and may say them again: nothing of it is kept.
    private static bool HidesMessages(TargetConfig config) =>
        config.Module is { Prober: RequestProberConfig { SendsSecrets: true } or LoopProberConfig { ReturnSecurity: SecurityConfig.Plain } } or { Security: SecurityConfig.Plain };

    private static FlappingDetector FlappingOf(PolicyConfig policy) => new(policy.FlappingChanges, policy.FlappingWindow);

    private static SubscriptionCounters? SubscriptionOf(TargetConfig config) =>
        config.Module.Prober is SubscribeProberConfig or ListenProberConfig ? SubscriptionCounters.None : null;

    private static LoopCounters? LoopOf(TargetConfig config) => config.Module.Prober is LoopProberConfig ? LoopCounters.None : null;

    // A config file cannot say such a label; a bug of ours must not make two series of one.
    private static TargetConfig Checked(TargetConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.Labels.Keys.FirstOrDefault(TargetLabels.Reserved.Contains) is { } reserved
            ? throw new ArgumentException($"a target cannot have a label named \"{reserved}\": the exporter or Prometheus sets it", nameof(config))
            : config;
    }
}
