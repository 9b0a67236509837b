namespace Zmtp.Tests;

public sealed class ArrivalClockTests
{
    private const long Millisecond = 1_000_000; // in nanoseconds, the unit of stamps

    private readonly TwoClocks _time = new();

    [Fact]
    public void Convert_StampOfAWhileAgo_IsThatMomentOnTheOtherClock()
    {
        var clock = new ArrivalClock(_time);
        var came = _time.Pass(50);
        var stamp = _time.WallClock;
        _time.Pass(2000); // we did not get to run

        var arrival = clock.Convert(stamp, emptyAt: Timestamp.None, calledAt: _time.Now, out var readAt);

        Assert.Equal(Arrival.At(came), arrival);
        Assert.Equal(At(2050), readAt);
    }

    [Fact]
    public void Convert_NoStamp_IsAnInterval()
    {
        var clock = new ArrivalClock(_time);
        _time.Pass(70);

        Assert.Equal(new Arrival(At(30), At(70)), clock.Convert(0, At(30), _time.Now, out _));
    }

    [Theory]
    [InlineData(3_600_000)]
    [InlineData(-3_600_000)]
    [InlineData(5)]
    public void Convert_WallClockWasSet_IsAnIntervalOnceAndThenExactAgain(long step)
    {
        var clock = new ArrivalClock(_time);
        var stamp = _time.WallClock;
        _time.Pass(70);
        _time.SetWallClock(step);

        Assert.Equal(new Arrival(Timestamp.None, At(70)), clock.Convert(stamp, Timestamp.None, _time.Now, out var emptyAt));

        var came = _time.Pass(10);
        stamp = _time.WallClock;
        _time.Pass(10);
        Assert.Equal(Arrival.At(came), clock.Convert(stamp, emptyAt, _time.Now, out _));
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(-0.9)]
    public void Convert_WallClockWasSetByLessThanIsNoticed_IsExactOnceAReadWasNotInterrupted(double step)
    {
        var clock = new ArrivalClock(_time);
        _time.Pass(70);
        _time.SetWallClock(step);
        var came = _time.Pass(10);
        var stamp = _time.WallClock;
        _time.Pass(10);

        Assert.Equal(Arrival.At(came), clock.Convert(stamp, Timestamp.None, _time.Now, out _));
    }

    [Fact]
    public void Convert_ThreadThatHadToWaitBetweenTheClocks_IsExactAllTheSame()
    {
        var clock = new ArrivalClock(_time);
        var came = _time.Pass(5);
        var stamp = _time.WallClock;
        _time.Pass(5);
        var calledAt = _time.Now;
        _time.Pass(300); // between the read and the wall clock
        _time.PauseAfterWallClock = 400;

        Assert.Equal(Arrival.At(came), clock.Convert(stamp, Timestamp.None, calledAt, out var readAt));
        Assert.Equal(At(710), readAt);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Convert_StampOutsideOfWhatIsKnown_IsBroughtBack(long wrongBy)
    {
        var clock = new ArrivalClock(_time);
        var emptyAt = _time.Pass(100);
        var stamp = _time.WallClock + (wrongBy * Millisecond);

        Assert.Equal(Arrival.At(emptyAt), clock.Convert(stamp, emptyAt, emptyAt, out _));
    }

    [Theory]
    [InlineData(-60_000)]
    [InlineData(10)]
    public void Convert_StampThatCannotBe_IsAnInterval(long wrongBy)
    {
        var clock = new ArrivalClock(_time);
        var emptyAt = _time.Pass(100);
        var stamp = _time.WallClock + (wrongBy * Millisecond);

        Assert.Equal(new Arrival(emptyAt, emptyAt), clock.Convert(stamp, emptyAt, emptyAt, out _));
        _time.Pass(5);
        Assert.Equal(new Arrival(emptyAt, emptyAt + TimeSpan.FromMilliseconds(5)), clock.Convert(stamp, emptyAt, _time.Now, out _));
    }

    [Fact]
    public void Convert_ClockThatBeganLongAgo_IsExact()
    {
        _time.Start = 700_000_000_000_000_000; // as ticks since the year 1, which are too many nanoseconds for a number of 64 bits
        _time.Frequency = 10_000_000;
        var clock = new ArrivalClock(_time);
        var came = _time.Pass(50);
        var stamp = _time.WallClock;
        _time.Pass(2000);

        Assert.Equal(Arrival.At(came), clock.Convert(stamp, new(_time.Start), _time.Now, out _));
    }

    [Fact]
    public void Convert_ClockOfAnotherUnit_IsInThatUnit()
    {
        _time.Frequency = 10_000_000;
        var clock = new ArrivalClock(_time);
        _time.Pass(50);
        var stamp = _time.WallClock;
        _time.Pass(2000);

        Assert.Equal(Arrival.At(At(50)), clock.Convert(stamp, Timestamp.None, _time.Now, out _));
    }

    private static Timestamp At(int milliseconds) => new(milliseconds * TimeSpan.TicksPerMillisecond);

    /// <summary>A wall clock and one that never jumps.</summary>
    private sealed class TwoClocks : TimeProvider
    {
        private long _passed;
        private DateTimeOffset _wallClock = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public long Frequency { get; set; } = 1_000_000_000;

        public long Start { get; set; }

        public Timestamp Now => Timestamp.Now(this);

        public long PauseAfterWallClock { get; set; }

        public long WallClock => (_wallClock - DateTimeOffset.UnixEpoch).Ticks * 100;

        public override long TimestampFrequency => Frequency;

        public override long GetTimestamp() => Start + (_passed * Millisecond / (1_000_000_000 / Frequency));

        public override DateTimeOffset GetUtcNow()
        {
            var now = _wallClock;
            Pass(PauseAfterWallClock);
            return now;
        }

        public void SetWallClock(double step) => _wallClock += TimeSpan.FromMilliseconds(step);

        public Timestamp Pass(long milliseconds)
        {
            _passed += milliseconds;
            _wallClock += TimeSpan.FromMilliseconds(milliseconds);
            return Now;
        }
    }
}
