using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration;
using Zmtp.Wire;

namespace ZmqExporter.Probing;

/// <summary>
/// Follows how often messages come, under each prefix of topics that has a rate to keep. The messages come one call at a time, and all else is
/// guarded by its owner's lock.
/// </summary>
internal sealed class TopicRates
{
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(1);

    private readonly ImmutableArray<Entry> _entries;

    private TopicRates(ImmutableArray<Entry> entries)
    {
        _entries = entries;
        Reach = entries.Max(entry => entry.Topic.Length);
    }

    /// <summary>How many bytes of the first frame have to be at hand.</summary>
    public int Reach { get; }

    /// <summary>What a module asks for; null for nothing.</summary>
    public static TopicRates? Of(SubscribeProberConfig config)
    {
        var entries = config.TopicRates.Select(rate => new Entry(rate, WindowOf(rate, config.RateWindow))).ToList();
        if (config.MinRate is { } least)
        {
            var rate = new TopicRateConfig([], least, TimeSpan.FromSeconds(1));
            entries.Add(new Entry(rate, WindowOf(rate, config.RateWindow)));
        }

        return entries.Count == 0 ? null : new TopicRates([.. entries]);
    }

    /// <summary>The first frame of a message has come.</summary>
    public void OnTopic(ReadOnlySpan<byte> head)
    {
        foreach (var entry in _entries)
        {
            entry.IsNext = head.StartsWith(entry.Topic);
        }
    }

    /// <summary>The message is complete.</summary>
    public void EndMessage()
    {
        foreach (var entry in _entries)
        {
            entry.Messages += entry.IsNext ? 1 : 0;
        }
    }

    /// <summary>Everything of a read has come.</summary>
    /// <param name="timestamp">When.</param>
    /// <param name="counts">Whether it shows what the feed sends by itself.</param>
    public void EndRead(Timestamp timestamp, bool counts)
    {
        foreach (var entry in _entries)
        {
            if (counts && entry.Messages > 0)
            {
                entry.Meter.Add(timestamp, entry.Messages);
            }

            entry.Messages = 0;
        }
    }

    /// <summary>What comes too seldom, in words: the first of them and the number of the others; null when all is well.</summary>
    /// <param name="now">The time.</param>
    /// <param name="begin">Since when the feed can be judged: for as long as its window each rate has to be waited for.</param>
    public string? Problem(Timestamp now, Timestamp begin)
    {
        string? first = null;
        var others = 0;
        foreach (var entry in _entries)
        {
            if (now - begin < entry.Window || entry.Meter.Count(now) >= entry.Least)
            {
                continue;
            }

            others += first is null ? 0 : 1;
            first ??= entry.Words(entry.Meter.PerSecond(now));
        }

        return others == 0 ? first : string.Create(CultureInfo.InvariantCulture, $"{first}; and {others} more topics come too seldom");
    }

    // At least as long as one message may take.
    private static TimeSpan WindowOf(TopicRateConfig rate, TimeSpan window) =>
        TimeSpan.Max(TimeSpan.Max(window, rate.Per), TimeSpan.FromSeconds(Math.Min(1 / rate.PerSecond, LongestWindow.TotalSeconds)));

    private sealed class Entry(TopicRateConfig config, TimeSpan window)
    {
        public TopicRateConfig Config => config;

        public byte[] Topic { get; } = [.. config.Topic];

        public TimeSpan Window => window;

        /// <summary>So many messages a feed of this rate has in each window, wherever it begins.</summary>
        public long Least { get; } = (long)Math.Max(1, Math.Floor((config.PerSecond * window.TotalSeconds) + 1e-6));

        public RateMeter Meter { get; } = new(window);

        public bool IsNext { get; set; }

        public long Messages { get; set; }

        public string Words(double perSecond)
        {
            var isMinute = config.Per == TimeSpan.FromMinutes(1);
            var under = Topic.Length == 0 ? "" : $" under {Excerpt.Of(Topic)}";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{perSecond * config.Per.TotalSeconds:0.###} messages a {(isMinute ? "minute" : "second")}{under} over {Durations.Words(window)}, and min_rate is {config.Count:0.###}{(isMinute ? " a minute" : "")}");
        }
    }
}
