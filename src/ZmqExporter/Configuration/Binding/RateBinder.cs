using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>min_rate</c> of a subscription: one rate for all messages, or one for each prefix of topics.</summary>
internal static class RateBinder
{
    private const int MaxRates = 100;
    private const int MaxTopic = 1000;
    private const double MaxRate = 1e9;
    private const string Remedy = "write messages a second, such as 5 or 0.2, or 30/m for a minute; {book.: 10/s} gives each prefix of topics its own";

    private static readonly TimeSpan LeastWindow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostWindow = TimeSpan.FromDays(1);

    /// <summary>Binds the rates; none when there are none or after an error.</summary>
    /// <param name="chain">The module and those that it extends.</param>
    /// <param name="topics">What it subscribes to; none after an error.</param>
    /// <param name="plain">The rate of all messages when it is a number; else null.</param>
    public static ImmutableArray<TopicRateConfig> Bind(ModuleChain chain, ImmutableArray<ImmutableArray<byte>> topics, out double? plain)
    {
        plain = null;
        if (chain.Find("min_rate") is not { } value)
        {
            return [];
        }

        if (value.Node is YamlMapping)
        {
            return BindTopics(value, topics);
        }

        if (Read(value, []) is not { } rate)
        {
            return [];
        }

        if (rate.Per > TimeSpan.FromSeconds(1))
        {
            return [rate];
        }

        plain = rate.Count;
        return [];
    }

    /// <summary>Binds <c>rate_window</c>; null when it is not there or after an error.</summary>
    public static TimeSpan? BindWindow(ModuleChain chain)
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

    private static ImmutableArray<TopicRateConfig> BindTopics(ConfigValue value, ImmutableArray<ImmutableArray<byte>> topics)
    {
        var entries = value.ReadEntries(Remedy)!.Value;
        if (entries.Length is 0 or > MaxRates)
        {
            value.Error(
                entries.IsEmpty ? "there is no rate" : string.Create(CultureInfo.InvariantCulture, $"there are {entries.Length} rates"),
                entries.IsEmpty ? Remedy : $"write {MaxRates} at most");
            return [];
        }

        var rates = ImmutableArray.CreateBuilder<TopicRateConfig>();
        foreach (var (entry, at) in entries)
        {
            ImmutableArray<byte> topic = [.. Encoding.UTF8.GetBytes(entry.Key)];
            if (topic.Length > MaxTopic)
            {
                at.Error($"the topic is longer than {MaxTopic} bytes", "write a shorter prefix");
            }
            else if (!topics.IsEmpty && !topics.Any(subscribed => topic.AsSpan().StartsWith(subscribed.AsSpan()) || subscribed.AsSpan().StartsWith(topic.AsSpan())))
            {
                at.Error("no message comes under this topic: the module does not subscribe to it", "add it to topics, or remove this");
            }
            else if (Read(at, topic) is { } rate)
            {
                rates.Add(rate);
            }
        }

        return rates.ToImmutable();
    }

    private static TopicRateConfig? Read(ConfigValue value, ImmutableArray<byte> topic)
    {
        if (value.ReadText(Remedy) is not { } text)
        {
            return null;
        }

        var (number, unit) = text.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? (text[..slash], text[(slash + 1)..]) : (text, "s");
        TimeSpan? per = unit switch
        {
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            _ => null,
        };
        if (per is { } time && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= MaxRate)
        {
            return new TopicRateConfig(topic, count, time);
        }

        value.Error($"{value.Shown} is not a number of messages above 0", Remedy);
        return null;
    }
}
