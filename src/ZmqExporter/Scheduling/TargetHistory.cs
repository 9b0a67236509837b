using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Scheduling;

/// <summary>What the results so far made of one target. Not thread-safe: its runner's lock guards it.</summary>
internal sealed class TargetHistory
{
    private readonly TargetConfig _target;
    private readonly TimeProvider _time;
    private readonly FlappingDetector _flapping;
    private long _probes;
    private ProbeResult? _lastResult;
    private DateTimeOffset _lastProbe;
    private DateTimeOffset _stateSince;

    /// <summary>Starts with no result.</summary>
    public TargetHistory(TargetConfig target, TimerQueue timers)
    {
        var policy = target.Module.Policy;
        _target = target;
        _time = timers.Time;
        _flapping = new FlappingDetector(policy.FlappingChanges, policy.FlappingWindow);
        _stateSince = _time.GetUtcNow();
    }

    /// <summary>What the failure policy remembers.</summary>
    public PolicyState Policy { get; private set; }

    /// <summary>Whether the target flaps now.</summary>
    public bool Flapping => _flapping.IsFlapping(Timestamp.Now(_time));

    /// <summary>Takes the result of a probe that has just ended.</summary>
    /// <returns>What the policy remembered before.</returns>
    public PolicyState Add(ProbeResult result)
    {
        var before = Policy;
        Policy = FailurePolicy.Apply(_target.Module.Policy, before, result.Outcome);
        _flapping.Observe(Policy.State, Timestamp.Now(_time));
        _probes++;
        _lastResult = result;
        _lastProbe = _time.GetUtcNow();
        if (Policy.State != before.State)
        {
            _stateSince = _lastProbe;
        }

        return before;
    }

    /// <summary>All of it, for readers outside the lock.</summary>
    public TargetSnapshot Snapshot(bool probing, long skipped) => new(
        _target,
        Policy.State,
        _stateSince,
        Policy.Misses,
        Flapping,
        _lastResult,
        _lastResult is null ? null : _lastProbe,
        probing,
        _probes,
        skipped);
}
