using System.Collections.Immutable;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>The conditions on each message of a subscription, and how much of each frame they look at. Immutable and thread-safe.</summary>
internal sealed class MessageConditions(ImmutableArray<ExpectConfig> expects)
{
    private const int MaxFrame = 1 << 20;

    /// <summary>The conditions.</summary>
    public ReplyCheck Check { get; } = new(expects);

    /// <summary>By frame number: how many bytes of it a condition may look at.</summary>
    public ImmutableArray<int> Inspected { get; } = InspectedBy(expects);

    private static ImmutableArray<int> InspectedBy(ImmutableArray<ExpectConfig> expects)
    {
        var numbers = expects.Select(FrameOf).OfType<int>().ToHashSet();
        return numbers.Count == 0 ? [] : [.. Enumerable.Range(0, numbers.Max() + 1).Select(number => numbers.Contains(number) ? MaxFrame : 0)];
    }

    private static int? FrameOf(ExpectConfig expect) => expect switch
    {
        ExpectConfig.EqualsText text => text.Frame,
        ExpectConfig.EqualsBytes bytes => bytes.Frame,
        ExpectConfig.Matches matches => matches.Frame,
        ExpectConfig.SelectsJson json => json.Frame,
        _ => null, // counts frames, whatever is in them
    };
}
