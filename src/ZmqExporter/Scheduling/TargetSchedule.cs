using System.IO.Hashing;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;

namespace ZmqExporter.Scheduling;

/// <summary>
/// When one target is due. Immutable and pure; all instants are of the same clock.
/// </summary>
/// <remarks>
/// The base interval runs on a grid of the target's own: wall-clock times at which (time since the epoch) mod interval is a hash
/// of its name and module. So targets spread evenly over the interval, and a restart changes nobody's place. Each due time follows
/// from the one before it and never from when a probe started or ended: no drift.
/// </remarks>
internal sealed class TargetSchedule
{
    private readonly ulong _hash;
    private readonly Timestamp _gridPoint;
    private readonly TimeSpan _interval;
    private readonly TimeSpan? _suspectInterval;
    private readonly TimeSpan? _downInterval;

    /// <summary>Places a target on its grid.</summary>
    public TargetSchedule(TargetConfig target, ScheduleOrigin origin)
    {
        var module = target.Module;
        _hash = HashOf(target.Name, module.Name);
        _interval = AtLeastOneTick(module.Interval);
        _suspectInterval = module.Policy.SuspectInterval is { } suspect ? AtLeastOneTick(suspect) : null;
        _downInterval = module.Policy.DownInterval is { } down ? AtLeastOneTick(down) : null;

        _gridPoint = origin.Timestamp + Modulo(PlaceIn(_interval) - (origin.Wall - DateTimeOffset.UnixEpoch), _interval);

        static TimeSpan AtLeastOneTick(TimeSpan duration) => TimeSpan.Max(TimeSpan.FromTicks(1), duration);
    }

    /// <summary>When the first probe is due: the first grid point from the start on, or a place in a longer spread.</summary>
    /// <param name="start">Nothing is due before it.</param>
    /// <param name="spread">How long the first probes of all targets take, at their paced rate; see <see cref="StartPace"/>.</param>
    public Timestamp First(Timestamp start, TimeSpan spread) =>
        spread <= _interval ? GridPointAfter(start - TimeSpan.FromTicks(1)) : start + PlaceIn(spread);

    /// <summary>The due time that follows another one, in a state that has or has not an interval of its own.</summary>
    /// <remarks>
    /// A target that comes back to the base interval rejoins its grid at the first point that is more than half an interval away: not
    /// at once again, and not almost two intervals later. On the grid itself that is simply the next point.
    /// </remarks>
    public Timestamp Next(Timestamp due, TargetState state) =>
        OwnIntervalOf(state) is { } interval ? due + interval : GridPointAfter(due + (_interval / 2));

    /// <summary>The latest due time, in the sequence that starts with this one, that has come by now.</summary>
    /// <param name="due">A due time that has come.</param>
    /// <param name="state">The state in which they follow each other.</param>
    /// <param name="now">The present.</param>
    /// <param name="passed">How many due times after <paramref name="due"/> have come as well; not 0 only when we were stalled.</param>
    public Timestamp LatestBy(Timestamp due, TargetState state, Timestamp now, out long passed)
    {
        var next = Next(due, state);
        if (next > now)
        {
            passed = 0;
            return due;
        }

        var step = OwnIntervalOf(state) ?? _interval;
        var further = (now - next).Ticks / step.Ticks;
        passed = further + 1;
        return next + TimeSpan.FromTicks(further * step.Ticks);
    }

    private TimeSpan? OwnIntervalOf(TargetState state) => state switch
    {
        TargetState.Suspect => _suspectInterval,
        TargetState.Down => _downInterval,
        _ => null,
    };

    private Timestamp GridPointAfter(Timestamp instant) => instant + _interval - Modulo(instant - _gridPoint, _interval);

    private TimeSpan PlaceIn(TimeSpan duration) => TimeSpan.FromTicks((long)(_hash % (ulong)duration.Ticks));

    private static TimeSpan Modulo(TimeSpan value, TimeSpan modulus)
    {
        var remainder = value.Ticks % modulus.Ticks;
        return TimeSpan.FromTicks(remainder < 0 ? remainder + modulus.Ticks : remainder);
    }

    // Must be the same in every process, which string.GetHashCode is not. It runs once for each target.
    private static ulong HashOf(string target, string module) => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes($"{target}\0{module}"));
}
