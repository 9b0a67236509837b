using System.Collections.Immutable;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>
/// What the targets of a module share: built from its config once, when the first of them asks. A compiled regular
/// expression alone can hold hundreds of kilobytes. Thread-safe.
/// </summary>
internal static class ModuleParts
{
    private static readonly PartsByConfig<RequestProberConfig, ImmutableArray<RequestStep>> Steps =
        new(static config => [.. config.Steps.Select(step => new RequestStep(step))]);

    private static readonly PartsByConfig<SubscribeProberConfig, MessageConditions> Conditions =
        new(static config => new MessageConditions(config.Expect));

    /// <summary>The requests of a module.</summary>
    public static ImmutableArray<RequestStep> StepsOf(RequestProberConfig config) => Steps.Of(config);

    /// <summary>The conditions on each message of a module; null when any message will do.</summary>
    public static MessageConditions? ConditionsOf(SubscribeProberConfig config) =>
        config.Expect.IsEmpty ? null : Conditions.Of(config);
}
