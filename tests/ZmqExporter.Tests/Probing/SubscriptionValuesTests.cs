using System.Text;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>The numbers of a feed: those of the latest messages, and none of a publisher that is no more.</summary>
public sealed class SubscriptionValuesTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly SubscriptionIntake _intake;

    public SubscriptionValuesTests()
    {
        var config = Parsed.Config("""
            modules:
              m:
                prober: subscribe
                topics: [""]
                max_silence: 5s
                values: [{metric: app_a, help: A., json: $.v, labels: {n: $.n}, max_series: 2}]
            """);
        _intake = new SubscriptionIntake(Assert.IsType<SubscribeProberConfig>(config.Modules["m"].Prober), _time);
        Publish("""{"n":"a","v":1}""", """{"n":"b","v":2}""");
    }

    [Fact]
    public void TakeValues_ConnectionMadeAgain_KeepsThem()
    {
        _intake.OnSubscribed(Timestamp.Now(_time), SubscriptionCause.Connected);
        _intake.OnVerdict(isSilent: false);
        Publish("""{"n":"a","v":3}""", """{"n":"c","v":4}""");

        Assert.Equal(("a 3, b 2", 1), Taken());
    }

    // They would look alive as soon as anything comes, and would take the room of those that do.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TakeValues_PublisherWasGoneOrSilent_AreThoseOfTheNextOne(bool wasSilent)
    {
        if (wasSilent)
        {
            _intake.OnVerdict(isSilent: true);
        }
        else
        {
            _intake.OnGone();
        }

        Publish("""{"n":"c","v":5}""", """{"n":"d","v":6}""");

        Assert.Equal(("c 5, d 6", 0), Taken());
    }

    private void Publish(params string[] messages)
    {
        foreach (var message in messages)
        {
            var frame = Encoding.UTF8.GetBytes(message);
            _intake.OnFrame(0, frame, frame.Length, isLast: true);
        }

        _ = _intake.OnFramesRead(Timestamp.Now(_time));
    }

    private (string, int) Taken()
    {
        var values = _intake.TakeValues()!.Value;
        var samples = values.Samples.Select(sample => FormattableString.Invariant($"{sample.Labels[0]} {sample.Number}"));
        return (string.Join(", ", samples.Order(StringComparer.Ordinal)), values.Dropped);
    }
}
