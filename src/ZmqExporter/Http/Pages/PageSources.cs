using ZmqExporter.Board;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics;
using ZmqExporter.OnDemand;
using ZmqExporter.Targets;

namespace ZmqExporter.Http.Pages;

/// <summary>What the pages are made of. Its functions are called from any thread.</summary>
internal sealed record PageSources
{
    /// <summary>All targets.</summary>
    public required TargetSet Targets { get; init; }

    /// <summary>The same, as of now.</summary>
    public required BoardCache Board { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The settings of a target, and where each comes from.</summary>
    public Func<TargetConfig, IEnumerable<EffectiveSetting>> Settings { get; init; } = static _ => [];

    /// <summary>The last probes on demand.</summary>
    public Func<IReadOnlyList<RecentProbe>> Recent { get; init; } = static () => [];

    /// <summary>What is wrong with the exporter itself, in sentences.</summary>
    public Func<IEnumerable<string>> Problems { get; init; } = static () => [];

    /// <summary>Whether whoever sees a target's page may have it probed once more.</summary>
    public Func<bool> AllowsProbes { get; init; } = static () => false;

    /// <summary>Where people reach the exporter and its dashboards.</summary>
    public PublicUrls Urls { get; init; }

    /// <summary>Which of all targets these are; null for all of them.</summary>
    public Shard? Shard { get; init; }

    /// <summary>The running build.</summary>
    public BuildInfo Build { get; init; } = BuildInfo.Current;

    /// <summary>The target with this key; null when there is none.</summary>
    public Target? Find(TargetKey key) => Targets.TryGet(key, out var target) ? target : null;
}
