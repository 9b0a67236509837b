using System.Text;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;

namespace ZmqExporter.Tests.Probing;

/// <summary>Which series of a feed are there: those that it still has.</summary>
public sealed class FeedSeriesTests
{
    private const string List = "metric: app_w, help: W., frame: 1, json: $.v, each: '$.w[*]', labels: {n: $.n, t: {frame: 0}}";
    private const string Depth = "metric: app_d, help: D., frame: 1, json: $.depth";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public void TakeValues_ItemLeftTheList_IsGoneAndThoseOfOtherTopicsStay()
    {
        var intake = Intake(List);
        Publish(intake, """t|{"w":[{"n":"a","v":1},{"n":"b","v":2}]}""", """u|{"w":[{"n":"b","v":3}]}""");
        Assert.Equal("app_w{n=\"a\",t=\"t\"} 1|app_w{n=\"b\",t=\"t\"} 2|app_w{n=\"b\",t=\"u\"} 3", Values(intake));

        Publish(intake, """t|{"w":[{"n":"a","v":4}]}""", """t|{"kind":"other"}""");
        Assert.Equal("app_w{n=\"a\",t=\"t\"} 4|app_w{n=\"b\",t=\"u\"} 3", Values(intake));

        Publish(intake, """u|{"w":[]}""");
        Assert.Equal("app_w{n=\"a\",t=\"t\"} 4", Values(intake));

        Publish(intake, """t|{"w":[{"renamed":1}]}""");
        Assert.Equal("", Values(intake));
    }

    [Fact]
    public void TakeValues_NamesThatChangeAllTheTime_LeaveRoomForThoseThatAreThere()
    {
        var intake = Intake(List + ", max_series: 2");
        for (var i = 0; i < 100; i++)
        {
            Publish(intake, $$"""t|{"w":[{"n":"x{{i}}","v":1},{"n":"y{{i}}","v":2}]}""");
        }

        var taken = intake.TakeValues()!.Value;
        Assert.Equal(0, taken.Dropped);
        Assert.Equal("app_w{n=\"x99\",t=\"t\"} 1|app_w{n=\"y99\",t=\"t\"} 2", Text(taken));
    }

    [Fact]
    public void TakeValues_FilterThatSelectsNothing_IsAnEmptyListOnlyWhereTheListIs()
    {
        var intake = Intake("metric: app_w, help: W., frame: 1, json: $.v, each: '$.w[?(@.up == true)]', labels: {n: $.n}");
        Publish(intake, """t|{"w":[{"n":"a","v":1,"up":true}]}""", """t|{"kind":"other"}""");
        Assert.Equal("app_w{n=\"a\"} 1", Values(intake));

        Publish(intake, """t|{"w":[{"n":"a","v":1,"up":false}]}""");
        Assert.Equal("", Values(intake));
    }

    [Fact]
    public void TakeValues_FieldThatIsNoMore_IsGoneWithTheMapping()
    {
        var intake = Intake(Depth, List);
        Publish(intake, """t|{"depth":5,"w":[{"n":"a","v":1}]}""");
        intake.Take();
        _time.Advance(MappingWindows.UnmappedAfter - TimeSpan.FromSeconds(1));
        Publish(intake, """t|{"x":1}""");
        intake.Take();
        Assert.Equal("app_d 5|app_w{n=\"a\",t=\"t\"} 1", Values(intake)); // may be a message of another kind

        _time.Advance(TimeSpan.FromSeconds(1));
        Publish(intake, """t|{"x":1}""");
        Assert.Equal(2, intake.Take().Unmapped!.Value.Length);
        Assert.Equal("", Values(intake));

        Publish(intake, """t|{"depth":6,"w":[{"n":"a","v":2}]}""");
        Assert.Equal("app_d 6|app_w{n=\"a\",t=\"t\"} 2", Values(intake));
    }

    [Fact]
    public void TakeValues_LabelsOfOtherThingsThatAreInTheDocument_StayForTenMinutesAfterTheMappingIsLost()
    {
        var intake = Intake(Depth + ", labels: {q: $.q}");
        Publish(intake, """t|{"q":"a","depth":1}""");
        _time.Advance(MappingWindows.UnmappedAfter);
        Publish(intake, """t|{"q":"b","depth":2}""");
        intake.Take();
        Assert.Equal("app_d{q=\"a\"} 1|app_d{q=\"b\"} 2", Values(intake));

        _time.Advance(MappingWindows.UnmappedAfter);
        Publish(intake, """t|{"q":"b"}""");
        intake.Take();
        Assert.Equal("", Values(intake));
    }

    [Fact]
    public void TakeValues_OneTopicLosesItsField_IsGoneAfterTenMinutesThoughOthersHaveIt()
    {
        var intake = Intake(Depth + ", labels: {t: {frame: 0}}", List);
        Publish(intake, """t|{"depth":1,"w":[{"n":"a","v":1}]}""", """u|{"depth":2,"w":[{"n":"a","v":2}]}""");
        for (var minute = 1; minute <= 10; minute++)
        {
            Assert.Equal("app_d{t=\"t\"} 1|app_d{t=\"u\"} 2|app_w{n=\"a\",t=\"t\"} 1|app_w{n=\"a\",t=\"u\"} 2", Values(intake));
            _time.Advance(TimeSpan.FromMinutes(1));
            Publish(intake, "t|{}", """u|{"depth":2,"w":[{"n":"a","v":2}]}""");
            Assert.Empty(intake.Take().Unmapped!.Value);
        }

        Assert.Equal("app_d{t=\"u\"} 2|app_w{n=\"a\",t=\"u\"} 2", Values(intake));
    }

    [Fact]
    public void TakeValues_TwoEntriesOfOneMetric_AreToldApartByTheNamesOfTheirLabels()
    {
        var intake = Intake("metric: app_c, help: C., frame: 1, json: $.v, labels: {a: $.a}", "metric: app_c, help: C., frame: 1, json: $.v, labels: {b: $.b}");
        Publish(intake, """t|{"a":"x","b":"x","v":1}""");

        Assert.Equal("app_c{a=\"x\"} 1|app_c{b=\"x\"} 1", Values(intake));
    }

    [Fact]
    public void TakeValues_SameLabelsInAnotherOrder_AreOneSeries()
    {
        var intake = Intake(
            "metric: app_c, help: C., frame: 1, json: $.v, labels: {a: $.a, b: $.b}", "metric: app_c, help: C., frame: 1, json: $.w, labels: {b: $.b, a: $.a}");
        Publish(intake, """t|{"a":"x","b":"y","v":1,"w":2}""");

        Assert.Equal("app_c{a=\"x\",b=\"y\"} 1", Values(intake));
    }

    [Fact]
    public void Take_KindOfMessagesThatComesLaterThanOthers_IsNotUnmapped()
    {
        var intake = Intake(Depth);
        Publish(intake, "t|{}");
        Assert.Equal(1, intake.Take().Unmapped!.Value.Single().FirstMessages);
        _time.Advance(TimeSpan.FromSeconds(15));
        Publish(intake, "t|{}", """t|{"depth":1}""");

        Assert.Empty(intake.Take().Unmapped!.Value);
    }

    private SubscriptionIntake Intake(params string[] values)
    {
        var lines = string.Concat(values.Select(value => $"      - {{{value}}}\n"));
        var config = $"modules:\n  m:\n    prober: subscribe\n    topics: ['']\n    max_silence: 5s\n    values:\n{lines}";
        return new SubscriptionIntake((SubscribeProberConfig)Parsed.Config(config).Modules["m"].Prober, _time);
    }

    private void Publish(SubscriptionIntake intake, params string[] messages)
    {
        foreach (var frames in messages.Select(message => message.Split('|')))
        {
            for (var i = 0; i < frames.Length; i++)
            {
                var frame = Encoding.UTF8.GetBytes(frames[i]);
                intake.OnFrame(i, frame, frame.Length, i == frames.Length - 1);
            }
        }

        _ = intake.OnFramesRead(Timestamp.Now(_time));
    }

    private static string Values(SubscriptionIntake intake) => Text(intake.TakeValues()!.Value);

    private static string Text(MessageValues values) => string.Join('|', values.Samples.Select(sample => sample.ToString()).Order(StringComparer.Ordinal));
}
