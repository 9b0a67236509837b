using Zmtp;

namespace ZmqExporter.Targets;

/// <summary>What a target shows.</summary>
internal sealed partial class Target
{
    /// <summary>All that is known now.</summary>
    /// <param name="withExponential">Whether the exponential buckets of the histogram are in it.</param>
    /// <param name="withRoundTrips">Whether the histogram is in it at all.</param>
    /// <param name="withExamples">Whether examples of what was counted are in it.</param>
    public TargetSnapshot Snapshot(bool withExponential = false, bool withRoundTrips = true, bool withExamples = false)
    {
        lock (_lock)
        {
            var now = Timestamp.Now(_time);
            return new TargetSnapshot
            {
                Config = _config,
                Created = _created,
                State = _policy.State,
                StateSince = _stateSince,
                StateChanges = _counters.StateChanges.Snapshot(),
                ConsecutiveMisses = _policy.Misses,
                Flapping = _flapping.IsFlapping(now),
                Overdue = _due is { } due && due < now ? now - due : TimeSpan.Zero,
                NextProbeIn = _due is { } next ? next - now : null,
                ConsecutiveAnswers = _policy.Answers,
                ConsecutiveLate = _policy.LateAnswers,
                SuspectedFrom = _policy.SuspectedFrom,
                LastResult = _lastResult,
                LastProbe = _lastResult is null ? null : _lastProbe,
                LastSuccess = _lastSuccess,
                Peer = _peer,
                Probes = _counters.Probes,
                Misses = _counters.Misses,
                Late = _counters.Late,
                Failures = _counters.Failures.Snapshot(),
                StaleReplies = _counters.StaleReplies,
                Skipped = _counters.Skipped,
                ConnectionEvents = _counters.ConnectionEvents.Snapshot(),
                Values = _values,
                DroppedValues = _droppedValues,
                Unmapped = _unmapped,
                RoundTrips = withRoundTrips ? _roundTrips?.Snapshot(withExponential) : null,
                Examples = withExamples ? _history.Examples(_mark, _config.Module.Buckets.AsSpan()) : null,
                Subscription = _subscription,
                Loop = _loop,
                Heartbeat = _heartbeat?.Snapshot,
            };
        }
    }
}
