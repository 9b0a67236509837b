using CsCheck;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Probing;

public sealed class TopicRatesTests
{
    private static readonly SubscribeProberConfig Config = new([[]], MaxSilence: TimeSpan.FromSeconds(5), StartupGrace: TimeSpan.FromSeconds(5), []);

    [Fact]
    public void RateProblem_FeedOfExactlyTheRate_IsNeverTooSlow() =>
        Gen.Select(Gen.Double[0.05, 20], Gen.Int[1, 30], Gen.Double[0, 1], Gen.Int[1, 5_000]).Sample((rate, window, phase, step) =>
        {
            var rates = TopicRates.Of(Config with { MinRate = rate, RateWindow = TimeSpan.FromSeconds(window) })!;
            var (start, sent) = (Timestamp.None + TimeSpan.FromHours(1), 0);
            for (var now = start; now - start < TimeSpan.FromSeconds(100); now += TimeSpan.FromMilliseconds(step))
            {
                for (; start + TimeSpan.FromSeconds((sent + phase) / rate) is var at && at <= now; sent++)
                {
                    rates.OnTopic("t"u8);
                    rates.EndMessage();
                    rates.EndRead(at, counts: true);
                }

                Assert.Null(rates.Problem(now, start));
            }
        }, iter: 200);

    [Fact]
    public void RateProblem_FeedOfNineTenthsOfTheRate_IsTooSlowAtTimes()
    {
        var rates = TopicRates.Of(Config with { MinRate = 10, RateWindow = TimeSpan.FromSeconds(5) })!;
        var start = Timestamp.None + TimeSpan.FromHours(1);
        var problems = 0;
        for (var sent = 0; sent < 450; sent++)
        {
            var at = start + TimeSpan.FromSeconds(sent / 8.9);
            rates.OnTopic("t"u8);
            rates.EndMessage();
            rates.EndRead(at, counts: true);
            problems += rates.Problem(at, start) is null ? 0 : 1;
        }

        Assert.InRange(problems, 300, 450);
    }
}
