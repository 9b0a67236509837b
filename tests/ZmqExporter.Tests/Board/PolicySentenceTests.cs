using ZmqExporter.Board;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Tests.Metrics;
using Zmtp.Timing;

namespace ZmqExporter.Tests.Board;

public sealed class PolicySentenceTests
{
    private readonly MetricsUnderTest _metrics = new();
    private readonly Target _target;

    public PolicySentenceTests()
    {
        var config = MetricsUnderTest.Target();
        var policy = config.Module.Policy with { SuspectInterval = TimeSpan.FromSeconds(5), DownInterval = TimeSpan.FromSeconds(30) };
        _target = _metrics.Targets.Set(config with { Module = config.Module with { Policy = policy } });
    }

    [Fact]
    public void Of_NothingKnown_SaysWhatTheFirstAnswerDoes() =>
        Is("Nothing is known yet: the first answer makes it up; down after 3 misses in a row, 5 s apart.");

    [Fact]
    public void Of_Up_SaysWhatItTakesToBeDownOrDegraded()
    {
        _target.Record(MetricsUnderTest.OnTime());
        _target.SetDue(Timestamp.Now(_metrics.Time) + TimeSpan.FromSeconds(4));
        Is("Down after 3 misses in a row, 5 s apart; degraded after 2 answers in a row later than 0.5 s; the next probe is in 4 s.");
    }

    [Fact]
    public void Of_UpWithALateAnswer_CountsIt()
    {
        _target.Record(MetricsUnderTest.OnTime());
        _target.Record(MetricsUnderTest.OnTime() with { Outcome = ProbeOutcome.Late });
        Is("Down after 3 misses in a row, 5 s apart; degraded after 2 answers in a row later than 0.5 s; 1 late one so far.");
    }

    [Fact]
    public void Of_Suspect_SaysHowFarItHasCome()
    {
        _target.Record(MetricsUnderTest.OnTime());
        Miss(2);
        Is("Down after 3 misses in a row, 5 s apart; 2 so far; one answer makes it up again.");
    }

    [Fact]
    public void Of_Down_SaysHowItComesBack()
    {
        Miss(4);
        Is("Up after 2 answers in a row, 30 s apart, degraded when one of them is late; 4 misses in a row so far.");
        _target.Record(MetricsUnderTest.OnTime());
        Is("Up after 2 answers in a row, 30 s apart, degraded when one of them is late; 1 so far.");
    }

    [Fact]
    public void Of_Degraded_SaysWhatIsLate()
    {
        for (var i = 0; i < 3; i++)
        {
            _target.Record(MetricsUnderTest.OnTime() with { Outcome = ProbeOutcome.Late });
        }

        Is("Up after 2 answers on time in a row, 15 s apart; late is after 0.5 s; down after 3 misses in a row.");
    }

    [Fact]
    public void Of_Overdue_SaysByHowMuch()
    {
        _target.Record(MetricsUnderTest.OnTime());
        _target.SetDue(Timestamp.Now(_metrics.Time));
        _metrics.Time.Advance(TimeSpan.FromMinutes(5));
        Is("Down after 3 misses in a row, 5 s apart; degraded after 2 answers in a row later than 0.5 s; the next probe is overdue by 5 min.");
    }

    [Fact]
    public void Of_EveryCountIsOne_SaysSoInTheSingular()
    {
        var config = MetricsUnderTest.Target("one");
        var policy = config.Module.Policy with { DownAfter = 1, DegradedAfter = 1, UpAfter = 1 };
        var target = _metrics.Targets.Set(config with { Module = config.Module with { Policy = policy } });
        Assert.Equal("Nothing is known yet: the first answer makes it up; down after 1 miss.", PolicySentence.Of(target.Snapshot()));
        target.Record(MetricsUnderTest.OnTime());
        Assert.Equal("Down after 1 miss; degraded after 1 answer later than 0.5 s.", PolicySentence.Of(target.Snapshot()));
        target.Record(MetricsUnderTest.OnTime() with { Outcome = ProbeOutcome.Late });
        Assert.Equal("Up after 1 answer on time; late is after 0.5 s; down after 1 miss.", PolicySentence.Of(target.Snapshot()));
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        Assert.Equal("Up after 1 answer, degraded when it is late; 1 miss in a row so far.", PolicySentence.Of(target.Snapshot()));
    }

    private void Miss(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        }
    }

    private void Is(string sentence) => Assert.Equal(sentence, PolicySentence.Of(_target.Snapshot()));
}
