using System.Collections.Immutable;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>The conditions on each message of a subscription, and how much of each frame they look at. Immutable and thread-safe.</summary>
internal sealed class MessageConditions(ImmutableArray<ExpectConfig> expects)
{
    /// <summary>The conditions.</summary>
    public ReplyCheck Check { get; } = new(expects);

    /// <summary>By frame number: how many bytes of it a condition may look at.</summary>
    public ImmutableArray<int> Inspected { get; } = InspectedBy(expects);

    private static ImmutableArray<int> InspectedBy(ImmutableArray<ExpectConfig> expects)
    {
        var numbers = expects.OfType<ExpectConfig.Holds>().Select(expect => expect.Source.Frame).ToHashSet();
        return numbers.Count == 0 ? [] : [.. Enumerable.Range(0, numbers.Max() + 1).Select(number => numbers.Contains(number) ? Sources.MaxFrame : 0)];
    }
}
