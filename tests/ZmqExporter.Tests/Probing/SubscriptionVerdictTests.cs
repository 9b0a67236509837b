using System.Text;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;
using ZmqExporter.Teaching;
using ZmqExporter.Tests.Metrics;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>What a verdict on a feed names: the topic that is too slow, the message that is wrong.</summary>
public sealed class SubscriptionVerdictTests : IDisposable
{
    private static readonly SubscribeProberConfig Config = new([[]], MaxSilence: TimeSpan.FromSeconds(5), StartupGrace: TimeSpan.FromSeconds(10), []);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly FakeSubscription _link;

    public SubscriptionVerdictTests() => _link = new FakeSubscription(_time);

    public void Dispose() => _link.Dispose();

    [Fact]
    public async Task Probe_FewerMessagesOfATopicThanItsRate_MissesAndNamesIt()
    {
        using var prober = Create(Config with
        {
            TopicRates = [new TopicRateConfig([.. "book."u8], 1, TimeSpan.FromSeconds(1)), new TopicRateConfig([.. "trade."u8], 3, TimeSpan.FromMinutes(1)), new TopicRateConfig([.. "trade.b"u8], 2, TimeSpan.FromMinutes(1))],
        }, new Looker(looks: false));
        _link.Connect();
        for (var i = 0; i < 59; i++)
        {
            _link.Publish("book.a");
            _link.Publish("book.b");
            if (i is 10 or 20)
            {
                _link.Publish("trade.a");
            }

            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(ProbeOutcome.OnTime, (await prober.ProbeAsync(TestContext.Current.CancellationToken)).Outcome);
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        _link.Publish("book.a");
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);

        Assert.Equal((FailureReason.Silent, "2 messages a minute under \"trade.\" over 60 s, and min_rate is 3 a minute; and 1 more topics come too seldom"), (result.Reason, result.Detail));
    }

    [Fact]
    public async Task Probe_TargetWasDownByWrongMessages_HasNoSeriesFromBefore()
    {
        var value = new ValueConfig("app_o", "O.", ValueKind.Gauge, SourceConfig.Of(2), Labels: [new("n", Path: null, Source: SourceConfig.Of(0))]);
        using var prober = Create(Config with { Expect = [ExpectConfig.EqualsText(1, "ok")], Values = [value] }, new Looker(looks: false));
        _link.Connect();
        Assert.Equal("old", await ProbeAsync("old", "ok"));
        Assert.Null(await ProbeAsync("old", "bad"));
        Assert.Null(await ProbeAsync("old", "bad"));
        Assert.Equal("new old", await ProbeAsync("new", "ok")); // was never down
        Assert.Null(await ProbeAsync("old", "bad"));
        Assert.Null(await ProbeAsync("old", "bad"));
        Assert.Null(await ProbeAsync("old", "bad"));

        Assert.Equal("new", await ProbeAsync("new", "ok"));

        async Task<string?> ProbeAsync(string topic, string word)
        {
            _link.Publish(topic, word, "1");
            var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
            return result.Values is { } values ? string.Join(' ', values.Samples.Select(sample => sample.Labels[0]).Order(StringComparer.Ordinal)) : null;
        }
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Probe_MessageFailsAnExpect_NamesItAndShowsItToThoseWhoLook(bool looks, int shown)
    {
        var looker = new Looker(looks);
        using var prober = Create(Config with { Expect = [ExpectConfig.EqualsText(1, "ok")], Sequence = SequenceConfig.OfFrame(2, format: null) }, looker);
        await prober.ProbeAsync(TestContext.Current.CancellationToken);
        _link.Publish("book.a", "ok", "7");
        _link.Publish("book.b", "bad", "8", new string('x', 1000));
        _link.Publish("book.c", "worse", "9");
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);

        Assert.Equal((FailureReason.UnexpectedReply, "2 of 3 messages, the first one (topic \"book.b\", sequence 8): frame 1 is \"bad\" instead of \"ok\""), (result.Reason, result.Detail));
        Assert.Equal(shown, looker.Shown.Count);
        Assert.All(looker.Shown, message => Assert.Equal(("book.b", 4, 256, 744), (Encoding.UTF8.GetString(message.Heads[0]), message.Heads.FrameCount, message.Heads[3].Length, message.Missing[3])));

        Assert.Equal("the last message (topic \"book.c\", sequence 9): frame 1 is \"worse\" instead of \"ok\"", (await prober.ProbeAsync(TestContext.Current.CancellationToken)).Detail);
        Assert.Equal(shown, looker.Shown.Count);
    }

    [Theory]
    [InlineData(0, "38 39", "38 39")] // the first one that fails is among those that come anyway
    [InlineData(1, "ok 39", "ok 39")]
    [InlineData(2, "ok ok 40", "ok ok")]
    public async Task Probe_FeedIsShownToo_ShowsAndLearnsEachMessageOnce(int well, string shown, string learned)
    {
        var recorder = new ConversationRecorder(detail: new ConversationDetail(IsFull: true, IsKept: true, FeedMessages: 2));
        using var prober = Create(Config with { Expect = [ExpectConfig.EqualsText(0, "ok")] }, recorder);
        await prober.ProbeAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 4; i++)
        {
            _link.Publish(i < well ? "ok" : $"{38 + i}");
        }

        await prober.ProbeAsync(TestContext.Current.CancellationToken);

        var entries = recorder.Take();
        Assert.Equal(shown, string.Join(' ', entries.Select(entry => entry.Texts[0].Trim('"'))));
        Assert.Equal(learned, string.Join(' ', entries.Select(entry => entry.Message).OfType<SeenMessage>().Select(message => Encoding.UTF8.GetString(message.Frames[0].Bytes.Span))));
    }

    [Fact]
    public async Task Probe_RefusedMessageIsLongerThanWhatIsKept_SaysHowMuchIsMissing()
    {
        var recorder = new ConversationRecorder(detail: new ConversationDetail(IsFull: true));
        using var prober = Create(Config with { Expect = [ExpectConfig.EqualsText(0, "ok")] }, recorder);
        await prober.ProbeAsync(TestContext.Current.CancellationToken);
        _link.Publish(new string('x', 100_037));
        await prober.ProbeAsync(TestContext.Current.CancellationToken);

        Assert.EndsWith($"xxx\" (and {100_037 - (64 << 10)} bytes more)", Assert.Single(recorder.Take()).ToString(), StringComparison.Ordinal);
    }

    private SubscribeProber Create(SubscribeProberConfig config, IProbeObserver observer)
    {
        var target = MetricsUnderTest.Target();
        target = target with { Module = target.Module with { Prober = config } };
        return new SubscribeProber(target, LinkSetup.OptionsFor(target), _link, _time, observer);
    }

    private sealed class Looker(bool looks) : IProbeObserver
    {
        public bool ShowsMessages => looks;

        public List<FeedMessage> Shown { get; } = [];

        public void OnConnectionEvent(ConnectionEvent connectionEvent)
        {
        }

        public void OnStaleReply()
        {
        }

        public void OnRefusedMessage(FeedMessage message) => Shown.Add(message);
    }
}
