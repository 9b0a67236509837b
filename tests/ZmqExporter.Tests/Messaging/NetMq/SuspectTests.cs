using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Messaging.NetMq;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

public sealed class SuspectTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TimerQueue _timers;
    private readonly Suspect _suspect;

    public SuspectTests()
    {
        _timers = new TimerQueue(_time);
        _suspect = new Suspect("tcp://server:1", _timers);
    }

    public void Dispose() => _timers.Dispose();

    [Fact]
    public void IsPossible_NeverConnected_IsFalse() => Assert.False(_suspect.IsPossible());

    [Fact]
    public void IsPossible_ConnectedOrClosedAMomentAgo_IsTrue()
    {
        _suspect.OnConnect();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(_suspect.IsPossible()); // however long it has been idle

        _suspect.OnClose();
        Assert.True(_suspect.IsPossible());

        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.False(_suspect.IsPossible());
    }

    [Fact]
    public void IsPossible_ConnectedInAGenerationThatIsGone_IsFalse()
    {
        _suspect.OnConnect();
        _suspect.OnGenerationDied();

        Assert.False(_suspect.IsPossible());
    }

    [Fact]
    public void Convict_Again_QuarantineDoublesUpToAnHour()
    {
        var minutes = Enumerable.Range(0, 8).Select(_ => _suspect.Convict().TotalMinutes);

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], minutes);
    }

    [Fact]
    public void Convict_LongAfterTheLastTime_QuarantineIsShortAgain()
    {
        _suspect.Convict();
        _suspect.Convict();
        _time.Advance(TimeSpan.FromHours(3));

        Assert.Equal(Suspect.FirstQuarantine, _suspect.Convict());
    }

    [Fact]
    public void TryBeginTrial_BeforeTheEndOfTheQuarantine_TellsHowLongItLasts()
    {
        _suspect.Convict();
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.False(_suspect.TryBeginTrial(out var left));
        Assert.Equal(TimeSpan.FromSeconds(40), left);
        Assert.True(_suspect.IsQuarantined);
    }

    [Fact]
    public void TryBeginTrial_AfterTheEndOfTheQuarantine_LetsItGo()
    {
        _suspect.Convict();
        _time.Advance(Suspect.FirstQuarantine);

        Assert.True(_suspect.TryBeginTrial(out _));
        Assert.False(_suspect.IsQuarantined);
    }

    [Fact]
    public void TryTake_MoreRestartsThanTheCap_IsRefusedUntilTheFirstOnesAreOld()
    {
        var cap = new RestartCap(_time);
        Assert.All(Enumerable.Range(0, RestartCap.Max), _ => Assert.True(cap.TryTake()));
        Assert.False(cap.TryTake());

        _time.Advance(RestartCap.Window + TimeSpan.FromSeconds(1));
        Assert.True(cap.TryTake());
    }
}
