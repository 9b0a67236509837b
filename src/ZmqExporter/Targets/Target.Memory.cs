using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;
using Zmtp;

namespace ZmqExporter.Targets;

/// <summary>What a target keeps over a restart.</summary>
internal sealed partial class Target
{
    // Older than this, and than so many of its intervals, an outage says nothing of now: the target begins as unknown.
    private const int StateAgeIntervals = 10;

    private static readonly TimeSpan StateAge = TimeSpan.FromMinutes(10);

    /// <summary>All that is worth keeping, now.</summary>
    /// <param name="isLast">Whether nothing is to be counted from here on, so that what was shown is never more than what was kept.</param>
    public TargetMemory Remember(bool isLast = false)
    {
        lock (_lock)
        {
            _hasEnded |= isLast;
            var (now, instant) = (_time.GetUtcNow(), Timestamp.Now(_time));
            return new TargetMemory
            {
                Target = Key.Target,
                Module = Key.Module,
                Endpoint = _config.Endpoint.ToString(),
                Client = EnumLabels<MessagingClient>.All[(int)_config.Module.Client],
                Prober = ProberOf(_config),
                SavedAt = now,
                Created = _created,
                State = _policy.State.Label(),
                SuspectedFrom = _policy.SuspectedFrom.Label(),
                StateSince = _stateSince,
                Misses = _policy.Misses,
                Answers = _policy.Answers,
                OnTimeAnswers = _policy.OnTimeAnswers,
                LateAnswers = _policy.LateAnswers,
                LastProbe = _lastResult is null ? null : _lastProbe,
                LastSuccess = _lastSuccess,
                LastResult = _lastResult is { } last ? Remember(last) : null,
                Probes = _counters.Probes,
                MissesInAll = _counters.Misses,
                Late = _counters.Late,
                StaleReplies = _counters.StaleReplies,
                DroppedValues = _droppedValues,
                StateChanges = _counters.StateChanges.ByLabel(EnumLabels<TargetState>.All),
                Failures = _counters.Failures.ByLabel(EnumLabels<FailureReason>.All),
                ConnectionEvents = _counters.ConnectionEvents.ByLabel(EnumLabels<ConnectionEvent>.All),
                RoundTrips = _roundTrips?.Remember(),
                Subscription = _subscription is { } counts ? Remember(counts) : null,
                Loop = _loop,
                Heartbeat = _heartbeat?.Remember(),
                SideChanges = [.. _flapping.Changes().Select(change => now - (instant - change))],
                History = HistoryMemory.Of(_history.Snapshot()),
            };
        }
    }

    /// <summary>
    /// Goes on where the target of an earlier process was. For a new one, before its first probe. Of its state only an outage goes on: that a
    /// server answers is what a probe says, and never a memory.
    /// </summary>
    /// <param name="memory">What that one remembered.</param>
    public void Restore(TargetMemory memory)
    {
        lock (_lock)
        {
            var (now, instant) = (_time.GetUtcNow(), Timestamp.Now(_time));
            _counters.Add(memory);
            _droppedValues += memory.DroppedValues;
            _created = Earlier(_created, memory.Created ?? _created);
            _lastSuccess = memory.LastSuccess is { } success && success <= now ? success : null;

            // Another prober measures something else: as when the configuration of one that runs changes.
            var isSameProber = memory.Prober == ProberOf(_config);
            _roundTrips = memory.RoundTrips is { } roundTrips && _roundTrips is not null && isSameProber
                ? RoundTripHistogram.Of(roundTrips, _config.Module.Buckets) ?? _roundTrips
                : _roundTrips;
            _subscription = memory.Subscription is { } counts && _subscription is not null ? Of(counts) : _subscription;
            _loop = memory.Loop is { } loops && _loop is not null ? _loop + loops : _loop;
            if (memory.Heartbeat is { } heartbeat && memory.Endpoint == _config.Endpoint.ToString())
            {
                _heartbeat?.Restore(heartbeat);
            }

            if (memory.History is { } past)
            {
                _history.Restore(past.Past(now));
            }

            var state = EnumLabels<TargetState>.Parse(memory.State) ?? TargetState.Unknown;
            _flapping.Restore(
                state == TargetState.Suspect ? EnumLabels<TargetState>.Parse(memory.SuspectedFrom) ?? TargetState.Unknown : state,
                memory.SideChanges.Where(change => change <= now).Select(change => instant - (now - change)));

            // What a clock says that was set back since is of no use.
            if (state == TargetState.Down && memory.LastProbe is { } lastProbe && lastProbe <= now
                && now - lastProbe <= TimeSpan.Max(StateAge, StateAgeIntervals * _config.Module.Interval))
            {
                _policy = new PolicyState(state, TargetState.Unknown, memory.Misses, memory.Answers, memory.OnTimeAnswers, memory.LateAnswers);
                _stateSince = Earlier(now, memory.StateSince);
                _lastProbe = lastProbe;
                var isSameServer = isSameProber && memory.Endpoint == _config.Endpoint.ToString()
                    && memory.Client == EnumLabels<MessagingClient>.All[(int)_config.Module.Client];
                _lastResult = isSameServer && memory.LastResult is { } result ? Of(result) : null;
                _history.GoOnWithOutage();
            }
            else
            {
                _history.EndState(memory.SavedAt <= now ? memory.SavedAt : now);
            }
        }
    }

    private static string ProberOf(TargetConfig config) => config.Module.Prober.GetType().Name;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static ResultMemory Remember(in LastResult result) => new(
        EnumLabels<ProbeOutcome>.All[(int)result.Outcome],
        result.Reason?.Label(),
        result.Detail,
        result.Reachable,
        result.Responsive,
        result.Ready,
        result.RoundTrip?.TotalSeconds,
        result.Elapsed.TotalSeconds);

    private static LastResult? Of(ResultMemory memory) => EnumLabels<ProbeOutcome>.Parse(memory.Outcome) is not { } outcome ? null : new LastResult(
        outcome,
        EnumLabels<FailureReason>.Parse(memory.Reason),
        memory.Detail,
        memory.Reachable,
        memory.Responsive,
        memory.Ready,
        Seconds(memory.RoundTripSeconds),
        Seconds(memory.ElapsedSeconds) ?? TimeSpan.Zero,
        default);

    private static SubscriptionMemory Remember(SubscriptionCounters counts)
    {
        var (lost, whileDisconnected, resets, untracked) = counts.Sequence;
        return new SubscriptionMemory(counts.Messages, counts.Bytes, lost, whileDisconnected, resets, untracked, counts.LastMessage) { Followed = counts.Followed };
    }

    private static SubscriptionCounters Of(SubscriptionMemory memory) => new(
        memory.Messages,
        memory.Bytes,
        new SequenceCounts(memory.Lost, memory.LostWhileDisconnected, memory.Resets, memory.Untracked),
        Delay: null,
        memory.LastMessage)
    {
        Followed = memory.Followed,
    };

    private static TimeSpan? Seconds(double? seconds) => seconds is >= 0 and < 1e9 ? TimeSpan.FromSeconds(seconds.Value) : null;
}
