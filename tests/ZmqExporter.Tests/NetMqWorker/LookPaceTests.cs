using ZmqExporter.NetMqWorker;

namespace ZmqExporter.Tests.NetMqWorker;

public sealed class LookPaceTests
{
    // Where a word on a silence comes late, the next probe is due before it and is skipped.
    [Fact]
    public void TakeDue_LoopThatComesByAllTheTime_LooksTheMoreOftenTheMoreUrgentItIs()
    {
        const int Long = 10_000;
        var pace = new LookPace(0);

        var looks = Enumerable.Range(1, Long).Select(now => pace.TakeDue(now)).OfType<LookScope>().ToList();

        var asked = looks.Count; // whoever looks at more looks at those as well
        var watched = looks.Count(scope => scope >= LookScope.Watched);
        var all = looks.Count(scope => scope == LookScope.All);
        Assert.True(asked > watched && watched > all && all > 0, $"{asked} {watched} {all}");
    }

    [Fact]
    public void TakeDue_LoopThatWasHeldUp_LooksAtAllOnce()
    {
        var pace = new LookPace(0);

        Assert.Equal(LookScope.All, pace.TakeDue(1_000_000));
        Assert.Null(pace.TakeDue(1_000_000));
    }

    // The select ends by then.
    [Fact]
    public void Period_Scope_IsWhenItIsDueNext() => Assert.All(
        Enum.GetValues<LookScope>(), static scope => Assert.True(new LookPace(0).TakeDue(LookPace.Period(scope)) >= scope));
}
