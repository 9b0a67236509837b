using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Heartbeat;

namespace ZmqExporter.Probing;

/// <summary>The conditions on each message of a subscription and the numbers that it has, and how much of each frame they look at. Immutable and thread-safe.</summary>
internal sealed class MessageConditions(SubscribeProberConfig config)
{
    /// <summary>The conditions.</summary>
    public ReplyCheck Check { get; } = new(config.Expect);

    /// <summary>Whether there is any.</summary>
    public bool HasChecks { get; } = !config.Expect.IsEmpty;

    /// <summary>Reads the numbers; null when none are wanted.</summary>
    public ValueReader? Values { get; } = config.Values.IsEmpty && config.Heartbeat is null
        ? null
        : new ValueReader(config.Values, config.Heartbeat is null ? null : HeartbeatEntry.OfBeat);

    /// <summary>The frames that a condition looks at: one that is too long cannot be judged.</summary>
    public ImmutableHashSet<int> Checked { get; } = [.. CheckedBy(config)];

    /// <summary>By frame number: how many bytes of it a condition may look at.</summary>
    public ImmutableArray<int> Inspected { get; } = InspectedBy(config);

    private static IEnumerable<int> CheckedBy(SubscribeProberConfig config) =>
        config.Expect.OfType<ExpectConfig.Holds>().Select(expect => expect.Source.Frame)
            .Concat(Enumerable.Range(0, config.Heartbeat is null ? 0 : HeartbeatProtocol.BeatDetails + 1));

    private static ImmutableArray<int> InspectedBy(SubscribeProberConfig config)
    {
        var numbers = CheckedBy(config)
            .Concat(config.Values.SelectMany(ValueReader.FramesOf))
            .ToHashSet();
        return numbers.Count == 0 ? [] : [.. Enumerable.Range(0, numbers.Max() + 1).Select(number => numbers.Contains(number) ? Sources.MaxFrame : 0)];
    }
}
