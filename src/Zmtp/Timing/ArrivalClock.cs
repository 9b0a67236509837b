namespace Zmtp.Timing;

/// <summary>
/// Turns the kernel's arrival times, which are of the wall clock, into timestamps of the timer queue's clock, which never jumps. The
/// distance of the two clocks is constant until somebody sets the wall clock; a read during which that happened gets an interval.
/// One for each connection, not thread-safe.
/// </summary>
internal struct ArrivalClock
{
    private const int MaxMeasurements = 8;

    // How long the kernel itself may take from the packet to the socket.
    private static readonly TimeSpan MaxBacklog = TimeSpan.FromSeconds(1);

    // What reading both clocks takes unless the thread is interrupted between them.
    private static readonly TimeSpan Tight = TimeSpan.FromMicroseconds(10);

    private readonly TimeProvider _time;
    private TimeSpan _distance; // of the wall clock from the other one

    public ArrivalClock(TimeProvider time)
    {
        _time = time;
        Measure();
    }

    private readonly Timestamp Now => Timestamp.Now(_time);

    // As the kernel's stamps, since 1970.
    private readonly Timestamp WallClock => new((_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks);

    /// <summary>When the bytes of a read came.</summary>
    /// <param name="stamp">The kernel's time, in nanoseconds since 1970; 0 when it gave none.</param>
    /// <param name="emptyAt">When the socket was last found empty.</param>
    /// <param name="calledAt">When the read began.</param>
    /// <param name="readAt">Now.</param>
    public Arrival Convert(long stamp, Timestamp emptyAt, Timestamp calledAt, out Timestamp readAt)
    {
        if (stamp == 0)
        {
            readAt = Now;
            return new Arrival(emptyAt, readAt);
        }

        var wall = WallClock;
        readAt = Now;

        // The wall clock was read between the two timestamps, however far they lie apart when the thread had to wait.
        if (_distance < wall - readAt - Arrival.Tolerance || _distance > wall - calledAt + Arrival.Tolerance)
        {
            Measure();
            return new Arrival(emptyAt, readAt);
        }

        // A clock that was set by less than that is seen here: most reads are not interrupted, and tell the distance exactly.
        var width = readAt - calledAt;
        if (width <= Tight)
        {
            _distance = wall - calledAt - Half(width);
        }

        // The kernel notes the time before it puts the bytes in the socket: it may lie before the socket was last found empty.
        var came = new Timestamp(stamp / TimeSpan.NanosecondsPerTick) - _distance;
        return came < emptyAt - MaxBacklog || came > readAt + Arrival.Tolerance
            ? new Arrival(emptyAt, readAt) // of some other clock
            : Arrival.At(Timestamp.Max(emptyAt, Timestamp.Min(came, readAt)));
    }

    private static TimeSpan Half(TimeSpan duration) => new(duration.Ticks / 2);

    private void Measure()
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < MaxMeasurements && best > Tight; i++)
        {
            var before = Now;
            var wall = WallClock;
            var width = Now - before;
            if (width < best)
            {
                best = width;
                _distance = wall - before - Half(width);
            }
        }
    }
}
