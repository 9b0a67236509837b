using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using Zmtp;

namespace ZmqExporter.Scheduling;

/// <summary>
/// When one target is due. Immutable and pure; all instants are timestamps of the queue's <see cref="TimeProvider"/>.
/// </summary>
/// <remarks>
/// The base interval runs on a grid of the target's own: wall-clock times at which (time since the epoch) mod interval is a hash
/// of its name and module. So targets spread evenly over the interval, and a restart changes nobody's place. Each due time follows
/// from the one before it and never from when a probe started or ended: no drift.
/// </remarks>
internal sealed class TargetSchedule
{
    private readonly ulong _hash;
    private readonly long _gridPoint;
    private readonly long _interval;
    private readonly long? _suspectInterval;
    private readonly long? _downInterval;

    /// <summary>Places a target on its grid.</summary>
    public TargetSchedule(TargetConfig target, TimerQueue timers, ScheduleOrigin origin)
    {
        var module = target.Module;
        _hash = HashOf(target.Name, module.Name);
        _interval = TicksOf(module.Interval);
        _suspectInterval = module.Policy.SuspectInterval is { } suspect ? TicksOf(suspect) : null;
        _downInterval = module.Policy.DownInterval is { } down ? TicksOf(down) : null;

        var interval = Math.Max(1, module.Interval.Ticks);
        var place = (long)(_hash % (ulong)interval);
        var sinceEpoch = (origin.Wall - DateTimeOffset.UnixEpoch).Ticks;
        _gridPoint = origin.Timestamp + timers.ToTicks(TimeSpan.FromTicks(Modulo(place - sinceEpoch, interval)));

        long TicksOf(TimeSpan duration) => Math.Max(1, timers.ToTicks(duration));
    }

    /// <summary>When the first probe is due: the first grid point from the start on, or a place in a longer spread.</summary>
    /// <param name="start">Nothing is due before it.</param>
    /// <param name="spread">How long the first probes of all targets take, at their paced rate; see <see cref="StartPace"/>.</param>
    public long First(long start, long spread) =>
        spread <= _interval ? GridPointAfter(start - 1) : start + (long)(_hash % (ulong)spread);

    /// <summary>The due time that follows another one, in a state that has or has not an interval of its own.</summary>
    /// <remarks>
    /// A target that comes back to the base interval rejoins its grid at the first point that is more than half an interval away: not
    /// at once again, and not almost two intervals later. On the grid itself that is simply the next point.
    /// </remarks>
    public long Next(long due, TargetState state) =>
        OwnIntervalOf(state) is { } interval ? due + interval : GridPointAfter(due + (_interval / 2));

    /// <summary>The latest due time, in the sequence that starts with this one, that has come by now.</summary>
    /// <param name="due">A due time that has come.</param>
    /// <param name="state">The state in which they follow each other.</param>
    /// <param name="now">The present.</param>
    /// <param name="passed">How many due times after <paramref name="due"/> have come as well; not 0 only when we were stalled.</param>
    public long LatestBy(long due, TargetState state, long now, out long passed)
    {
        var next = Next(due, state);
        if (next > now)
        {
            passed = 0;
            return due;
        }

        var step = OwnIntervalOf(state) ?? _interval;
        var further = (now - next) / step;
        passed = further + 1;
        return next + (further * step);
    }

    private long? OwnIntervalOf(TargetState state) => state switch
    {
        TargetState.Suspect => _suspectInterval,
        TargetState.Down => _downInterval,
        _ => null,
    };

    private long GridPointAfter(long instant) => instant + _interval - Modulo(instant - _gridPoint, _interval);

    private static long Modulo(long value, long modulus)
    {
        var remainder = value % modulus;
        return remainder < 0 ? remainder + modulus : remainder;
    }

    // Must be the same in every process, which string.GetHashCode is not. It runs once for each target.
    private static ulong HashOf(string target, string module)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{target}\0{module}"));
        return BinaryPrimitives.ReadUInt64BigEndian(digest);
    }
}
