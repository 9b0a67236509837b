using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>
/// What the targets of a module share: built from its config once, when the first of them asks. A compiled regular
/// expression alone can hold hundreds of kilobytes. Thread-safe.
/// </summary>
internal static class ModuleParts
{
    private static readonly PartsByConfig<RequestProberConfig, RequestPlan> Plans = new(static config => new RequestPlan(config));

    private static readonly PartsByConfig<SubscribeProberConfig, MessageConditions> Conditions =
        new(static config => new MessageConditions(config));

    private static readonly PartsByConfig<SubscribeProberConfig, FeedPlan> Feeds = new(static config => new FeedPlan(config));

    /// <summary>What a request module asks and how.</summary>
    public static RequestPlan PlanOf(RequestProberConfig config) => Plans.Of(config);

    /// <summary>What is looked at in each message of a module; null when nothing is.</summary>
    public static MessageConditions? ConditionsOf(SubscribeProberConfig config) =>
        config.Expect.IsEmpty && config.Values.IsEmpty ? null : Conditions.Of(config);

    /// <summary>Where the numbers and times of a module's messages are; null when none are wanted.</summary>
    public static FeedPlan? FeedOf(SubscribeProberConfig config) =>
        config.Sequence is null && config.SentAt is null ? null : Feeds.Of(config);
}
