using ZmqExporter.Messaging.NetMq;

namespace ZmqExporter.Tests.Messaging.NetMq;

public sealed class SuspectTests
{
    private static readonly Timestamp Start = new(TimeSpan.FromDays(1).Ticks);

    private readonly Suspect _suspect = new("tcp://server:1", 0);

    [Fact]
    public void Quarantine_Again_QuarantineDoublesUpToAnHour()
    {
        var minutes = Enumerable.Range(0, 8).Select(_ => _suspect.Quarantine(Start).TotalMinutes);

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], minutes);
    }

    [Fact]
    public void Quarantine_LongAfterTheLastTime_QuarantineIsShortAgain()
    {
        _suspect.Quarantine(Start);
        _suspect.Quarantine(Start);

        Assert.Equal(Suspect.FirstQuarantine, _suspect.Quarantine(Start + TimeSpan.FromHours(3)));
    }

    [Fact]
    public void TryBeginTrial_BeforeTheEndOfTheQuarantine_TellsHowLongItLasts()
    {
        _suspect.Quarantine(Start);

        Assert.False(_suspect.TryBeginTrial(Start + TimeSpan.FromSeconds(20), out var left));
        Assert.Equal(TimeSpan.FromSeconds(40), left);
        Assert.True(_suspect.IsQuarantined);
    }

    [Fact]
    public void TryBeginTrial_AfterTheEndOfTheQuarantine_IsASuspectAgain()
    {
        _suspect.Quarantine(Start);

        Assert.True(_suspect.TryBeginTrial(Start + Suspect.FirstQuarantine, out _));
        Assert.Equal((false, true), (_suspect.IsQuarantined, _suspect.IsSuspected));
    }

    [Fact]
    public void HasPassedTrial_OnceItHasBeenProbedAndTheTimeIsOver_AndLaterEachTimeThatItIsSuspected()
    {
        foreach (var seconds in (double[])[1, 2, 4, 8])
        {
            _suspect.BecomeSuspect(Start);
            _suspect.OnConnect(Start); // elsewhere, before it had a thread of its own
            Assert.True(_suspect.OnProbed());
            _suspect.OwnThread = 3;
            Assert.False(_suspect.OnProbed()); // it has not come to a connection
            _suspect.OnConnect(Start);
            Assert.False(_suspect.HasPassedTrial(Start + TimeSpan.FromHours(1))); // nobody has probed it there
            Assert.True(_suspect.OnProbed());
            Assert.False(_suspect.HasPassedTrial(Start + TimeSpan.FromSeconds(seconds - 0.1)));
            Assert.True(_suspect.HasPassedTrial(Start + TimeSpan.FromSeconds(seconds)));
        }
    }
}
