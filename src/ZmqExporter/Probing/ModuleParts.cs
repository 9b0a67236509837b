using System.Runtime.CompilerServices;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>
/// What the targets of a module share: built from its config once, when the first of them asks, and gone with the config. A compiled regular
/// expression alone can hold hundreds of kilobytes. Thread-safe.
/// </summary>
internal static class ModuleParts
{
    private static readonly ConditionalWeakTable<RequestProberConfig, RequestPlan> Plans = [];
    private static readonly ConditionalWeakTable<SubscribeProberConfig, MessageConditions> Conditions = [];

    /// <summary>What a request module asks and how.</summary>
    public static RequestPlan PlanOf(RequestProberConfig config) => Plans.GetValue(config, static config => new RequestPlan(config));

    /// <summary>The conditions on each message of a module; null when any message will do.</summary>
    public static MessageConditions? ConditionsOf(SubscribeProberConfig config) =>
        config.Expect.IsEmpty ? null : Conditions.GetValue(config, static config => new MessageConditions(config.Expect));
}
