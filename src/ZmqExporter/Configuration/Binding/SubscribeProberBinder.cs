using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>prober: subscribe</c>.</summary>
internal static class SubscribeProberBinder
{
    private const int MaxExpects = 256;

    // What the heartbeat protocol says itself.
    private static readonly ImmutableArray<string> OfHeartbeat = ["topics", "max_silence", "min_rate", "rate_window", "sequence", "sent_at"];

    private static readonly TimeSpan LeastSilence = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MostSilence = TimeSpan.FromDays(7);

    /// <summary>The prober's keys in a module.</summary>
    public static KeyTable Keys { get; } = new(
        "modules.*",
        ["topics", "max_silence", "startup_grace", "expect", "min_rate", "rate_window", "sequence", "sent_at", "values", "heartbeat"]);

    /// <summary>The tables of the sections below.</summary>
    public static ImmutableArray<KeyTable> Parts { get; } = [TopicBinder.Keys, HeartbeatBinder.Keys, .. FeedSourceBinder.Parts, .. ExpectBinder.Parts, .. ValueBinder.Parts];

    /// <summary>Binds the prober's keys of a module; null after an error.</summary>
    public static ProberConfig? Bind(ModuleChain chain)
    {
        var errors = chain.Sections[0].Value.Errors;
        var before = errors.Count;
        if (chain.Find("heartbeat") is not null)
        {
            return BindHeartbeat(chain);
        }

        var topics = Require(chain, "topics", TopicBinder.Remedy) is { } list ? TopicBinder.BindList(list) : [];
        var silence = Require(chain, "max_silence", "write max_silence: 5s, the longest time between two messages")
            is { } value ? DurationValue.Read(value, LeastSilence, MostSilence) : null;
        var grace = chain.Find("startup_grace") is { } graceValue ? DurationValue.Read(graceValue, LeastSilence, MostSilence) : silence;
        var expect = chain.Find("expect") is { } conditions ? ReadExpect(conditions) : [];
        var config = new SubscribeProberConfig([.. topics], silence ?? default, grace ?? default, expect)
        {
            TopicRates = RateBinder.Bind(chain, topics, out var plain),
            MinRate = plain,
            RateWindow = RateBinder.BindWindow(chain) ?? SubscribeProberConfig.DefaultRateWindow,
            Sequence = FeedSourceBinder.BindSequence(chain, topics),
            SentAt = FeedSourceBinder.BindSentAt(chain),
            Values = ValueBinder.BindList(chain),
        };
        return errors.Count == before && !topics.IsEmpty && silence is not null ? config : null;
    }

    private static SubscribeProberConfig? BindHeartbeat(ModuleChain chain)
    {
        var errors = chain.Sections[0].Value.Errors;
        var before = errors.Count;
        var heartbeat = HeartbeatBinder.Read(chain, OfHeartbeat);
        return errors.Count > before || heartbeat is null ? null : BindBeats(chain, heartbeat, HeartbeatConfig.DefaultGrace);
    }

    /// <summary>
    /// Binds what there is to say of heartbeats that nobody asked for, published or pushed; null after an error. Where the numbers and times are,
    /// and how long it may be silent, a heartbeat says itself.
    /// </summary>
    /// <param name="chain">The module.</param>
    /// <param name="heartbeat">Which service is meant.</param>
    /// <param name="defaultGrace">What <c>startup_grace</c> is when it is not set.</param>
    public static SubscribeProberConfig? BindBeats(ModuleChain chain, HeartbeatConfig heartbeat, TimeSpan defaultGrace)
    {
        var errors = chain.Sections[0].Value.Errors;
        var before = errors.Count;
        var grace = chain.Find("startup_grace") is { } value ? DurationValue.Read(value, LeastSilence, MostSilence) : defaultGrace;
        var expect = chain.Find("expect") is { } conditions ? ReadExpect(conditions) : [];
        var values = ValueBinder.BindList(chain);
        return errors.Count > before || grace is not { } first ? null
            : new SubscribeProberConfig(HeartbeatBinder.Topics, first, first, [new ExpectConfig.Heartbeat(heartbeat.Service, IsBeat: true), .. expect])
            {
                Heartbeat = heartbeat,
                Sequence = SequenceConfig.OfFrame(4, format: null) with { PerFrame = 1, PerSource = SourceConfig.Of(3) }, // of one service of one process
                SentAt = new SentAtConfig(SourceConfig.Of(5), PerSecond: 1),
                Values = values,
            };
    }

    private static ConfigValue? Require(ModuleChain chain, string key, string remedy) =>
        chain.Find(key) ?? chain.Sections[0].Require(key, remedy);

    private static ImmutableArray<ExpectConfig> ReadExpect(ConfigValue value)
    {
        if (value.ReadItems("write one entry a condition: [{frames: 2}]") is not { } items)
        {
            return [];
        }

        if (items.Length > MaxExpects)
        {
            value.Error(string.Create(CultureInfo.InvariantCulture, $"there are {items.Length} entries"), $"write {MaxExpects} at most");
            return [];
        }

        var conditions = ImmutableArray.CreateBuilder<ExpectConfig>();
        foreach (var item in items)
        {
            if (ExpectBinder.Bind(item) is not { } condition)
            {
                continue;
            }

            foreach (var placeholder in (string[])[Placeholders.Token, Placeholders.Sequence])
            {
                if (Placeholders.AsksFor(condition, placeholder))
                {
                    item.Error($"asks for {placeholder}, which a publisher was never sent", "remove it here");
                }
            }

            conditions.Add(condition);
        }

        return conditions.ToImmutable();
    }
}
