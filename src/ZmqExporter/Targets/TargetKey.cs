using ZmqExporter.Configuration;

namespace ZmqExporter.Targets;

/// <summary>What makes a target × module one thing across reloads: its state, counters and history belong to this.</summary>
/// <param name="Target">The <c>target</c> label.</param>
/// <param name="Module">The <c>module</c> label.</param>
internal readonly record struct TargetKey(string Target, string Module)
{
    /// <summary>The key of a target's config.</summary>
    public static TargetKey Of(TargetConfig config) => new(config.Name, config.Module.Name);

    /// <summary>As in logs: <c>target/module</c>.</summary>
    public override string ToString() => $"{Target}/{Module}";
}
