using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>prober: subscribe</c>.</summary>
internal static class SubscribeProberBinder
{
    private const int MaxExpects = 256;
    private const double MaxRate = 1e9;
    private const string RateRemedy = "write how many messages a second have to come, such as 5 or 0.2";

    private static readonly TimeSpan LeastSilence = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MostSilence = TimeSpan.FromDays(7);
    private static readonly TimeSpan LeastWindow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostWindow = TimeSpan.FromDays(1);

    /// <summary>The prober's keys in a module.</summary>
    public static KeyTable Keys { get; } = new(
        "modules.*",
        ["topics", "max_silence", "startup_grace", "expect", "min_rate", "rate_window", "sequence", "sent_at", "values"]);

    /// <summary>The tables of the sections below.</summary>
    public static ImmutableArray<KeyTable> Parts { get; } = [TopicBinder.Keys, .. FeedSourceBinder.Parts, .. ExpectBinder.Parts, .. ValueBinder.Parts];

    /// <summary>Binds the prober's keys of a module; null after an error.</summary>
    public static ProberConfig? Bind(ModuleChain chain)
    {
        var errors = chain.Sections[0].Value.Errors;
        var before = errors.Count;
        var topics = Require(chain, "topics", TopicBinder.Remedy) is { } list ? TopicBinder.BindList(list) : [];
        var silence = Require(chain, "max_silence", "write max_silence: 5s, the longest time between two messages")
            is { } value ? DurationValue.Read(value, LeastSilence, MostSilence) : null;
        var grace = chain.Find("startup_grace") is { } graceValue ? DurationValue.Read(graceValue, LeastSilence, MostSilence) : silence;
        var expect = chain.Find("expect") is { } conditions ? ReadExpect(conditions) : [];
        var config = new SubscribeProberConfig([.. topics], silence ?? default, grace ?? default, expect)
        {
            MinRate = chain.Find("min_rate") is { } rate ? ReadRate(rate) : null,
            RateWindow = ReadWindow(chain) ?? SubscribeProberConfig.DefaultRateWindow,
            Sequence = FeedSourceBinder.BindSequence(chain, topics),
            SentAt = FeedSourceBinder.BindSentAt(chain),
            Values = ValueBinder.BindList(chain),
        };
        return errors.Count == before && !topics.IsEmpty && silence is not null ? config : null;
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

    private static double? ReadRate(ConfigValue value)
    {
        if (value.ReadText(RateRemedy) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and <= MaxRate)
        {
            return rate;
        }

        value.Error($"{value.Shown} is not a number of messages above 0", RateRemedy);
        return null;
    }

    private static TimeSpan? ReadWindow(ModuleChain chain)
    {
        if (chain.Find("rate_window") is not { } value)
        {
            return null;
        }

        if (chain.Find("min_rate") is null)
        {
            value.Error("has no meaning without min_rate", "add min_rate, or remove this");
        }

        return DurationValue.Read(value, LeastWindow, MostWindow);
    }
}
