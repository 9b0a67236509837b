using System.Collections.Immutable;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;

namespace ZmqExporter.Http.Api;

/// <summary>Changes of state, as <c>/api/v1/events</c> answers.</summary>
internal sealed record EventListJson(long Last, ImmutableArray<EventJson> Events);

/// <summary>A change of one target's state.</summary>
internal sealed record EventJson(long Id, DateTimeOffset At, string Target, string Module, string Before, string After, string? Reason, string Detail)
{
    public static EventJson Of(TargetEvent change) => new(
        change.Id, change.At, change.Key.Target, change.Key.Module, change.Before.Label(), change.After.Label(), change.Reason?.Label(), change.Detail);
}
