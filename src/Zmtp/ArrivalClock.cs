namespace Zmtp;

/// <summary>
/// Turns the kernel's arrival times, which are of the wall clock, into timestamps of the timer queue's clock, which never jumps. The
/// distance of the two clocks is constant until somebody sets the wall clock; a read during which that happened gets an interval.
/// One for each connection, not thread-safe.
/// </summary>
internal struct ArrivalClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long Tolerance = 1_000_000; // see Arrival.Tolerance
    private const long MaxBacklog = NanosecondsPerSecond; // how long the kernel itself may take from the packet to the socket
    private const long Tight = 10_000; // what reading both clocks takes unless the thread is interrupted between them
    private const int MaxMeasurements = 8;

    private readonly TimeProvider _time;
    private readonly long _frequency;
    private readonly long _origin; // timestamps count from here: as nanoseconds, those of some clocks do not fit
    private long _distance; // of the wall clock from the other one, in nanoseconds

    public ArrivalClock(TimeProvider time)
    {
        _time = time;
        _frequency = time.TimestampFrequency;
        _origin = time.GetTimestamp();
        Measure();
    }

    /// <summary>When the bytes of a read came.</summary>
    /// <param name="stamp">The kernel's time, in nanoseconds since 1970; 0 when it gave none.</param>
    /// <param name="emptyAt">When the socket was last found empty.</param>
    /// <param name="calledAt">When the read began.</param>
    /// <param name="readAt">Now.</param>
    public Arrival Convert(long stamp, long emptyAt, long calledAt, out long readAt)
    {
        if (stamp == 0)
        {
            readAt = _time.GetTimestamp();
            return new Arrival(emptyAt, readAt);
        }

        var wall = WallClock();
        readAt = _time.GetTimestamp();

        // The wall clock was read between the two timestamps, however far they lie apart when the thread had to wait.
        if (_distance < wall - ToNanoseconds(readAt) - Tolerance || _distance > wall - ToNanoseconds(calledAt) + Tolerance)
        {
            Measure();
            return new Arrival(emptyAt, readAt);
        }

        // A clock that was set by less than that is seen here: most reads are not interrupted, and tell the distance exactly.
        var width = ToNanoseconds(readAt) - ToNanoseconds(calledAt);
        if (width <= Tight)
        {
            _distance = wall - ToNanoseconds(calledAt) - (width / 2);
        }

        // The kernel notes the time before it puts the bytes in the socket: it may lie before the socket was last found empty.
        var came = stamp - _distance;
        return came < ToNanoseconds(emptyAt) - MaxBacklog || came > ToNanoseconds(readAt) + Tolerance
            ? new Arrival(emptyAt, readAt) // of some other clock
            : Arrival.At(Math.Clamp(FromNanoseconds(came), emptyAt, readAt));
    }

    private void Measure()
    {
        var best = long.MaxValue;
        for (var i = 0; i < MaxMeasurements && best > Tight; i++)
        {
            var before = ToNanoseconds(_time.GetTimestamp());
            var wall = WallClock();
            var width = ToNanoseconds(_time.GetTimestamp()) - before;
            if (width < best)
            {
                best = width;
                _distance = wall - before - (width / 2);
            }
        }
    }

    private readonly long WallClock() => (_time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * (NanosecondsPerSecond / TimeSpan.TicksPerSecond);

    private readonly long ToNanoseconds(long timestamp) =>
        _frequency == NanosecondsPerSecond ? timestamp - _origin : (long)((Int128)(timestamp - _origin) * NanosecondsPerSecond / _frequency);

    private readonly long FromNanoseconds(long nanoseconds) =>
        _origin + (_frequency == NanosecondsPerSecond ? nanoseconds : (long)((Int128)nanoseconds * _frequency / NanosecondsPerSecond));
}
