using System.Runtime.CompilerServices;
using Zmtp.Wire;

namespace Zmtp.Timing;

/// <summary>
/// An instant on the monotonic clock of a <see cref="TimeProvider"/>, which never jumps. What lies between two of them is a
/// <see cref="TimeSpan"/>, and so is what is added to one: no other unit is in use, whatever the clock counts in. A deadline is one, too;
/// <see cref="Never"/> is a deadline that never comes. Only instants of the same clock can be compared.
/// </summary>
/// <param name="Ticks">Units of 100 ns, as in a <see cref="TimeSpan"/>, since some moment that the clock has chosen.</param>
public readonly record struct Timestamp(long Ticks) : IComparable<Timestamp>
{
    /// <summary>No instant: it lies before all others.</summary>
    public static Timestamp None => default;

    /// <summary>The end of time.</summary>
    public static Timestamp Never { get; } = new(long.MaxValue);

    /// <summary>Whether it is an instant at all.</summary>
    public bool IsSet => Ticks != 0;

    /// <summary>The present. This is the one place that knows what a clock counts in.</summary>
    public static Timestamp Now(TimeProvider time)
    {
        var frequency = time.TimestampFrequency;
#pragma warning disable RS0030 // The one place, see above.
        var count = time.GetTimestamp();
#pragma warning restore RS0030
        return new Timestamp(frequency switch
        {
            TimeSpan.TicksPerSecond => count,
            1_000_000_000 => count / 100, // a constant, because this is what every Linux counts in: no division is left of it
            _ => (long)Int128.Min((Int128)count * TimeSpan.TicksPerSecond / frequency, long.MaxValue),
        });
    }

    /// <summary>The later one of two.</summary>
    public static Timestamp Max(Timestamp left, Timestamp right) => left.Ticks >= right.Ticks ? left : right;

    /// <summary>The earlier one of two.</summary>
    public static Timestamp Min(Timestamp left, Timestamp right) => left.Ticks <= right.Ticks ? left : right;

    /// <summary>Reads a field that other threads write, as <see cref="Volatile"/> does.</summary>
    public static Timestamp VolatileRead(ref readonly Timestamp location) =>
        new(Volatile.Read(ref Unsafe.As<Timestamp, long>(ref Unsafe.AsRef(in location))));

    /// <summary>Writes a field that other threads read, as <see cref="Volatile"/> does.</summary>
    public static void VolatileWrite(ref Timestamp location, Timestamp value) =>
        Volatile.Write(ref Unsafe.As<Timestamp, long>(ref location), value.Ticks);

    /// <summary>Later, or earlier; the end of time when there is no such instant.</summary>
    public static Timestamp operator +(Timestamp timestamp, TimeSpan duration) => timestamp.Add(duration);

    /// <summary>Earlier, or later.</summary>
    public static Timestamp operator -(Timestamp timestamp, TimeSpan duration) => timestamp.Add(-duration);

    /// <summary>How much later the left one is; negative when it is earlier.</summary>
    public static TimeSpan operator -(Timestamp left, Timestamp right) => left.Subtract(right);

    /// <summary>Whether the left one is earlier.</summary>
    public static bool operator <(Timestamp left, Timestamp right) => left.Ticks < right.Ticks;

    /// <summary>Whether the left one is later.</summary>
    public static bool operator >(Timestamp left, Timestamp right) => left.Ticks > right.Ticks;

    /// <summary>Whether the left one is not later.</summary>
    public static bool operator <=(Timestamp left, Timestamp right) => left.Ticks <= right.Ticks;

    /// <summary>Whether the left one is not earlier.</summary>
    public static bool operator >=(Timestamp left, Timestamp right) => left.Ticks >= right.Ticks;

    /// <inheritdoc cref="op_Addition" />
    public Timestamp Add(TimeSpan duration) =>
        Ticks == long.MaxValue || (duration.Ticks > 0 && Ticks > long.MaxValue - duration.Ticks) ? Never : new Timestamp(Ticks + duration.Ticks);

    /// <summary>How much later it is than another one.</summary>
    public TimeSpan Subtract(Timestamp other) => new(Ticks - other.Ticks);

    /// <summary>How long ago it was.</summary>
    public TimeSpan Elapsed(TimeProvider time) => Now(time) - this;

    /// <inheritdoc />
    public int CompareTo(Timestamp other) => Ticks.CompareTo(other.Ticks);
}
