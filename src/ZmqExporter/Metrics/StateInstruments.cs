using Prometheus;
using ZmqExporter.Policy;

namespace ZmqExporter.Metrics;

/// <summary>A target's state series. Not thread-safe.</summary>
internal sealed class StateInstruments
{
    private static readonly TargetState[] States = Enum.GetValues<TargetState>();

    // Label values by state; Enum.ToString would allocate at each change.
    private static readonly string[] Labels = [.. States.Select(state => state.ToString().ToLowerInvariant())];

    private readonly Gauge.Child[] _states;
    private readonly Counter.Child[]? _changes;
    private readonly Gauge.Child _misses;
    private readonly Gauge.Child _flapping;
    private readonly Gauge.Child _changeTimestamp;
    private TargetState _shown = TargetState.Unknown;

    public StateInstruments(StateFamilies families, TargetSeries series, DateTimeOffset now)
    {
        _states = [.. Labels.Select(label => series.Add(families.State, label))];
        _states[(int)_shown].Set(1);
        _changes = families.Changes is { } changes ? [.. Labels.Select(label => series.Add(changes, label))] : null;
        _misses = series.Add(families.Misses);
        _flapping = series.Add(families.Flapping);
        _changeTimestamp = series.Add(families.ChangeTimestamp);
        _changeTimestamp.Set(now); // the state is unknown since now
    }

    /// <summary>Records what the policy made of a result.</summary>
    public void Record(PolicyState before, PolicyState after, bool flapping, DateTimeOffset now)
    {
        _misses.Set(after.Misses);
        _flapping.Set(flapping ? 1 : 0);
        if (after.State != before.State)
        {
            _changes?[(int)after.State].Inc();
            _changeTimestamp.Set(now);
        }

        if (after.State != _shown)
        {
            // In this order a scrape in between sees two states rather than none.
            _states[(int)after.State].Set(1);
            _states[(int)_shown].Set(0);
            _shown = after.State;
        }
    }
}
