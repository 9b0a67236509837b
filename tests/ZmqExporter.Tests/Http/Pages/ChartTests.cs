using System.Collections.Immutable;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using ZmqExporter.Http.Pages;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Http.Pages;

public sealed class ChartTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void ResultBar_Runs_AreOneShapeEach()
    {
        var svg = Write(new ResultBar(Results(OnTime(), OnTime(), Late(), Miss(), Miss(), OnTime())));

        Assert.Equal(4, svg.Split("<path").Length - 1);
        Assert.Contains("<title>2 × on time, 03:04:05 to 2026-01-02 03:04:06 UTC</title>", Decoded(svg), StringComparison.Ordinal);
        Assert.Contains("<path class=\"r-miss\" d=\"M148 0h3v4h-3zm0 14h3v10h-3zM152 0h3v4h-3zm0 14h3v10h-3z\"><title>2 × missed: connection refused", Decoded(svg), StringComparison.Ordinal);
        Assert.Contains("M156 0h3v24h-3z", svg, StringComparison.Ordinal); // the newest is at the right end
    }

    // Whoever sees no colours tells them apart by their shapes.
    [Fact]
    public void ResultBar_Outcomes_HaveShapesOfTheirOwn()
    {
        var shapes = Enum.GetValues<ProbeOutcome>().Select(outcome =>
        {
            var svg = Write(new ResultBar(Results(OnTime() with { Outcome = outcome, Reason = null })));
            return svg[svg.IndexOf(" d=", StringComparison.Ordinal)..svg.IndexOf("<title", StringComparison.Ordinal)];
        });
        Assert.Equal(5, shapes.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void ResultBar_Nothing_SaysSo() => Assert.Equal("No results yet", new ResultBar([]).Summary);

    [Fact]
    public void Sparkline_Miss_IsAGap()
    {
        var line = new Sparkline(Results(OnTime(0.001), OnTime(0.01), Miss(), OnTime(0.1)), TimeSpan.FromMilliseconds(500));
        var svg = Write(line);
        Assert.Equal("100 ms", line.Newest);
        Assert.Matches("class=\"line\" d=\"M108 [0-9.]+L111 [0-9.]+M117 [0-9.]+h2\"", svg);
        Assert.Contains("class=\"deadline\"", svg, StringComparison.Ordinal);
        Assert.Equal("", Write(new Sparkline(Results(Miss()), TimeSpan.FromSeconds(1))));
    }

    [Fact]
    public void LogScale_Durations_StandInTheirOrder()
    {
        var scale = new LogScale(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), 100);
        Assert.InRange(scale.Y(TimeSpan.FromSeconds(1)), 0, 10);
        Assert.InRange(scale.Y(TimeSpan.FromMilliseconds(1)), 90, 100);
        Assert.Equal(scale.Y(TimeSpan.FromMilliseconds(10)) - scale.Y(TimeSpan.FromMilliseconds(100)), scale.Y(TimeSpan.FromMilliseconds(1)) - scale.Y(TimeSpan.FromMilliseconds(10)), 0.2);
        Assert.Equal([0.001, 0.01, 0.1, 1], scale.Decades().Select(decade => decade.TotalSeconds));
    }

    [Fact]
    public void StateTimeline_Changes_AreSpansThatEndNow()
    {
        var timeline = new StateTimeline(
            [new(Now.AddHours(-2), TargetState.Up), new(Now.AddMinutes(-30), TargetState.Suspect), new(Now.AddMinutes(-29), TargetState.Down)], Now);
        Assert.Equal([("down", "29 min"), ("suspect", "1 min"), ("up", "1 h 30 min")], timeline.Spans.Select(span => (span.State, span.Length)));
        Assert.Equal(Now.AddHours(-2), timeline.Start);
        Assert.Contains("class=\"s-up\" x=\"0\" y=\"16.8\" width=\"480\"", Write(timeline), StringComparison.Ordinal);
    }

    [Fact]
    public void StateTimeline_LongPast_ShowsTheLastDay()
    {
        var timeline = new StateTimeline([new(Now.AddDays(-9), TargetState.Down), new(Now.AddDays(-3), TargetState.Up)], Now);
        Assert.Equal(Now.AddDays(-1), timeline.Start);
        Assert.Contains("class=\"s-up\" x=\"0\"", Write(timeline), StringComparison.Ordinal);
        Assert.DoesNotContain("s-down", Write(timeline), StringComparison.Ordinal);
        Assert.Equal("No state is known yet", new StateTimeline([], Now).Summary);
    }

    [Fact]
    public void HourStrip_Hours_StandInTheirDay()
    {
        var strip = new HourStrip(new HourlySnapshot(Now.AddMinutes(-4).AddSeconds(-5).AddHours(-5), [new(10, 0), new(0, 0), new(100, 1), new(4, 3), new(5, 5), new(9, 0)]), Now);
        var svg = Write(strip);
        Assert.Equal(6, svg.Split("<rect").Length - 1);
        Assert.Contains("2026-01-01 22:00:00 UTC: 100 % of 10 probes", svg, StringComparison.Ordinal);
        Assert.Equal(["0 %", "25 %", "99 %"], strip.Bad.Select(hour => hour.Availability), StringComparer.Ordinal);
        Assert.Equal("Availability by hour over 7 days: 92.96 %, with misses in 3 hours", strip.Summary);
    }

    [Fact]
    public void PhaseChart_Phases_StandOnEachOther()
    {
        var chart = new PhaseChart(Results(OnTime(0.004)));
        Assert.InRange(chart.Longest.TotalMilliseconds, 9.9, 10.1);
        var svg = Write(chart);
        Assert.Equal(4, svg.Split("<rect").Length - 1); // no ping
        Assert.Contains("class=\"ph-resolve\" x=\"606\" y=\"120\" width=\"11\" height=\"12\"", svg, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0000123, "12 µs")]
    [InlineData(0.00123, "1.23 ms")]
    [InlineData(0.0123, "12.3 ms")]
    [InlineData(0.123, "123 ms")]
    [InlineData(1.5, "1.5 s")]
    [InlineData(90, "1 min")]
    public void Duration_Seconds_HasThreeDigitsOrSo(double seconds, string text) => Assert.Equal(text, NumberWords.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(1.0, "100 %")]
    [InlineData(0.99999, "99.99 %")]
    [InlineData(0.5, "50 %")]
    [InlineData(0.0, "0 %")]
    [InlineData(null, "–")]
    public void Percent_NotAll_IsNeverAll(double? ratio, string text) => Assert.Equal(text, NumberWords.Percent(ratio));

    [Theory]
    [InlineData(-5, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(3599, "59 min")]
    [InlineData(3600, "1 h")]
    [InlineData(172799, "47 h 59 min")]
    [InlineData(172800, "2 d")]
    public void Span_Seconds_HasOneOrTwoUnits(int seconds, string text) => Assert.Equal(text, NumberWords.Span(TimeSpan.FromSeconds(seconds)));

    private static ProbeResult OnTime(double seconds = 0.002) => MetricsUnderTest.OnTime(seconds);

    private static ProbeResult Late() => OnTime(0.7) with { Outcome = ProbeOutcome.Late };

    private static ProbeResult Miss() => MetricsUnderTest.Miss(FailureReason.Refused);

    private static ImmutableArray<RecentResult> Results(params ProbeResult[] results) =>
        [.. results.Select((result, i) => new RecentResult(result, Now.AddSeconds(i)))];

    private static string Write(IHtmlContent content)
    {
        using var writer = new StringWriter();
        content.WriteTo(writer, HtmlEncoder.Default);
        return writer.ToString();
    }

    private static string Decoded(string html) => System.Net.WebUtility.HtmlDecode(html);
}
