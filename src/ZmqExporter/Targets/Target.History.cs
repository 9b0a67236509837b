using System.Collections.Immutable;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Targets;

/// <summary>What a target remembers of its past.</summary>
internal sealed partial class Target
{
    /// <summary>The last results, the oldest first. Apart from the snapshot, because a scrape of many targets does not want them.</summary>
    public ImmutableArray<RecentResult> Results()
    {
        lock (_lock)
        {
            return _history.Results();
        }
    }

    /// <summary>How many probes of each hour of the last week were answered.</summary>
    public HourlySnapshot Hours()
    {
        lock (_lock)
        {
            return _history.Hours();
        }
    }

    /// <summary>All that is remembered of its past.</summary>
    public HistorySnapshot History()
    {
        lock (_lock)
        {
            return _history.Snapshot();
        }
    }
}
