using System.Collections.Immutable;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Targets;

/// <summary>The parts of a target's past that the board shows.</summary>
internal sealed partial class Target
{
    /// <summary>The last results, the oldest first.</summary>
    public ImmutableArray<RecentResult> Results()
    {
        lock (_lock)
        {
            return _history.Results();
        }
    }
}
