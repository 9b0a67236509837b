using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>prober: subscribe</c>.</summary>
internal static class SubscribeProberBinder
{
    private const int MaxFrame = 255;
    private const int MaxExpects = 256;
    private const double MaxRate = 1e9;
    private const string RateRemedy = "write how many messages a second have to come, such as 5 or 0.2";

    private static readonly TimeSpan LeastSilence = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MostSilence = TimeSpan.FromDays(7);
    private static readonly TimeSpan LeastWindow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostWindow = TimeSpan.FromDays(1);

    private static readonly Choice<SequenceFormat> SequenceFormats = new(
        "format of a sequence number",
        [
            ("uint32_le", SequenceFormat.UInt32Le),
            ("uint32_be", SequenceFormat.UInt32Be),
            ("uint64_le", SequenceFormat.UInt64Le),
            ("uint64_be", SequenceFormat.UInt64Be),
            ("ascii", SequenceFormat.Ascii),
        ]);

    private static readonly Choice<long> TimeFormats = new(
        "format of a time",
        [("unix_ms", 1_000), ("unix_s", 1), ("unix_us", 1_000_000), ("unix_ns", 1_000_000_000)]);

    private static readonly Choice<SequenceScope> SequenceScopes = new(
        "scope of a sequence",
        [("topic", SequenceScope.Topic), ("publisher", SequenceScope.Publisher)]);

    private static readonly KeyTable SequenceKeys = new("modules.*.sequence", ["frame", "format", "per"]);
    private static readonly KeyTable SentAtKeys = new("modules.*.sent_at", ["frame", "format"]);

    /// <summary>The prober's keys in a module.</summary>
    public static KeyTable Keys { get; } = new(
        "modules.*",
        ["topics", "max_silence", "startup_grace", "expect", "min_rate", "rate_window", "sequence", "sent_at"]);

    /// <summary>The tables of the sections below.</summary>
    public static ImmutableArray<KeyTable> Parts { get; } = [TopicBinder.Keys, SequenceKeys, SentAtKeys, ExpectBinder.Keys];

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
            Sequence = Open(chain, "sequence", SequenceKeys) is { } sequence
                && ReadScope(chain, sequence, topics) is var scope
                && Read(sequence, SequenceFormats, "write format: uint32_le") is var (frame, format) ? new SequenceConfig(frame, format, scope) : null,
            SentAt = Open(chain, "sent_at", SentAtKeys) is { } sentAt
                && Read(sentAt, TimeFormats, "write format: unix_ms") is var (timeFrame, perSecond) ? new SentAtConfig(timeFrame, perSecond) : null,
        };
        return errors.Count == before && !topics.IsEmpty && silence is not null ? config : null;
    }

    private static SequenceScope ReadScope(ModuleChain chain, Section sequence, ImmutableArray<ImmutableArray<byte>> topics)
    {
        if (sequence.Find("per") is not { } value || !SequenceScopes.TryRead(value, out var scope))
        {
            return SequenceScope.Topic;
        }

        if (scope == SequenceScope.Publisher && !topics.IsEmpty && !topics.Any(topic => topic.IsEmpty))
        {
            // A module that extends another one may have the sequence from there, and only the topics of its own.
            var own = chain.Sections[0];
            var where = own.Find("sequence") is null ? own.Find("topics") ?? value : value;
            where.Error(
                "per: publisher counts every message of the publisher, and under these topics not every message comes: the others would look lost",
                "write topics: [\"\"], or per: topic");
        }

        return scope;
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

            if (Placeholders.AsksForToken(condition))
            {
                item.Error("asks for {token}, which a publisher was never sent", "remove it here");
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

    private static Section? Open(ModuleChain chain, string key, KeyTable table) =>
        chain.Find(key) is { } value ? Section.Open(value, table) : null;

    private static (int Frame, T Format)? Read<T>(Section section, Choice<T> formats, string remedy)
    {
        var frame = section.Require("frame", "write frame: and the number of the frame, from 0") is { } number
            ? Numbers.Read(number, 0, MaxFrame)
            : null;
        return section.Require("format", remedy) is { } value && formats.TryRead(value, out var format) && frame is { } known
            ? (known, format)
            : null;
    }
}
