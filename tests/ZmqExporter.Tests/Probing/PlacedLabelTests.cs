using System.Text;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>The values of a feed whose labels are in another frame than the numbers.</summary>
public sealed class PlacedLabelTests
{
    private const string Module = """
        modules:
          feed:
            prober: subscribe
            topics: [""]
            max_silence: 5s
            values: [{metric: app_a, help: A., frame: 1, json: $.v, labels: {topic: {frame: 0}}}]
        """;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    // So many that a reader which trusts the last message of a read would have begun to.
    [Fact]
    public void TakeValues_ManyMessagesOfTwoTopicsInEachRead_AreTheLatestOfEachTopic()
    {
        var intake = Intake(Module);
        for (var read = 0; read < 300; read++)
        {
            Message(intake, "a", read);
            Message(intake, "b", -read);
            _ = intake.OnFramesRead(Timestamp.Now(_time));
        }

        var samples = intake.TakeValues()!.Value.Samples.Select(sample => sample.ToString()).Order(StringComparer.Ordinal);
        Assert.Equal(["app_a{topic=\"a\"} 299", "app_a{topic=\"b\"} -299"], samples, StringComparer.Ordinal);
    }

    [Fact]
    public void TakeValues_MessageWithoutTheFrameOfTheLabel_HasNoSuchNumber()
    {
        var intake = Intake(Module.Replace("frame: 0", "frame: 2", StringComparison.Ordinal));
        Message(intake, "a", 1);
        _ = intake.OnFramesRead(Timestamp.Now(_time));

        Assert.Empty(intake.TakeValues()!.Value.Samples);
    }

    private SubscriptionIntake Intake(string text) => new((SubscribeProberConfig)Parsed.Config(text).Modules["feed"].Prober, _time);

    private static void Message(SubscriptionIntake intake, string topic, int number)
    {
        var json = Encoding.UTF8.GetBytes($"{{\"v\":{number}}}");
        intake.OnFrame(0, Encoding.UTF8.GetBytes(topic), topic.Length, isLast: false);
        intake.OnFrame(1, json, json.Length, isLast: true);
    }
}
