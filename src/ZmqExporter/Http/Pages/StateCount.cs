using ZmqExporter.Policy;

namespace ZmqExporter.Http.Pages;

/// <summary>A state as a link.</summary>
/// <param name="Label">The state's label.</param>
/// <param name="Count">How many targets are in it.</param>
/// <param name="Link">The link to those.</param>
/// <param name="IsChosen">Whether those are what the page shows.</param>
internal sealed record StateCount(string Label, int Count, string Link, bool IsChosen)
{
    /// <summary>Makes it.</summary>
    public static StateCount Of(TargetState state, int count, BoardQuery query) =>
        new(state.Label(), count, query.In(state).Link(), query.Targets.States.Contains(state));
}
