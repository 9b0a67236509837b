namespace Zmtp.Tests;

public sealed class TimestampTests
{
    private static readonly Timestamp Start = new(1_000);

    // 290 ms since the clock's zero, in whatever it counts.
    [Theory]
    [InlineData(1_000_000_000, 290_000_000)]
    [InlineData(10_000_000, 2_900_000)]
    [InlineData(24_000_000, 6_960_000)]
    [InlineData(1_000, 290)]
    public void Now_WholeUnitsOfAnyClock_IsExact(long frequency, long count) =>
        Assert.Equal(TimeSpan.FromMilliseconds(290), Timestamp.Now(new CountingClock(frequency, count)) - Timestamp.None);

    [Theory]
    [InlineData(1_000_000_000, 199, 1)]
    [InlineData(3_000_000, 2, 6)]
    public void Now_FractionOfATick_IsCutOff(long frequency, long count, long ticks) =>
        Assert.Equal(new Timestamp(ticks), Timestamp.Now(new CountingClock(frequency, count)));

    [Fact]
    public void Now_SlowClockThatIsFull_IsTheEndOfTime() =>
        Assert.Equal(Timestamp.Never, Timestamp.Now(new CountingClock(1_000, long.MaxValue)));

    [Fact]
    public void Add_AnyDuration_IsTakenBackBySubtracting()
    {
        var later = Start + TimeSpan.FromSeconds(0.29);

        Assert.Equal(TimeSpan.FromSeconds(0.29), later - Start);
        Assert.Equal(Start, later - TimeSpan.FromSeconds(0.29));
        Assert.Equal(TimeSpan.FromSeconds(-0.29), Start - later);
        Assert.True(Start < later && later > Start && Start <= later && later >= Start);
        Assert.Equal((later, Start), (Timestamp.Max(Start, later), Timestamp.Min(later, Start)));
    }

    [Fact]
    public void Add_BeyondTheEndOfTime_IsTheEndOfTime()
    {
        Assert.Equal(Timestamp.Never, Start + TimeSpan.MaxValue);
        Assert.Equal(Timestamp.Never, Timestamp.Never + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Subtract_FromNever_IsNever() => Assert.Equal(Timestamp.Never, Timestamp.Never - TimeSpan.FromSeconds(1));

    [Fact]
    public void IsSet_OnlyTheDefault_IsNot()
    {
        Assert.False(default(Timestamp).IsSet);
        Assert.False(Timestamp.None.IsSet);
        Assert.True(Start.IsSet);
        Assert.True(Timestamp.None < Start);
    }

    [Fact]
    public void VolatileRead_WhatWasWritten_IsRead()
    {
        var field = Timestamp.None;
        Timestamp.VolatileWrite(ref field, Start);
        Assert.Equal(Start, Timestamp.VolatileRead(ref field));
    }

    private sealed class CountingClock(long frequency, long count) : TimeProvider
    {
        public override long TimestampFrequency => frequency;

        public override long GetTimestamp() => count;
    }
}
