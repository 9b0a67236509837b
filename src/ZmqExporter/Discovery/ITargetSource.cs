using ZmqExporter.Configuration;

namespace ZmqExporter.Discovery;

/// <summary>A source of targets beside the config. Not thread-safe: <see cref="TargetSources"/> has the lock.</summary>
internal interface ITargetSource
{
    /// <summary>As the config names it: the label of its metrics.</summary>
    string Name { get; }

    /// <summary>How often it is looked at.</summary>
    TimeSpan RefreshInterval { get; }

    /// <summary>Its targets, as they were when each of its lists was good last.</summary>
    IEnumerable<DiscoveredTarget> Targets { get; }

    /// <summary>What is wrong with its lists now; empty when nothing is.</summary>
    EquatableArray<ConfigError> Errors { get; }

    /// <summary>What has no effect in its lists, as they were when they were good last.</summary>
    EquatableArray<ConfigError> Warnings { get; }

    /// <summary>Whether one of the lists that are wrong now was good before.</summary>
    bool KeepsGood { get; }

    /// <summary>Whether each of its lists was good once: else targets of it are missing.</summary>
    bool IsComplete { get; }

    /// <summary>The config is another one, with other modules.</summary>
    void Rebind(TargetListBinding binding);
}
