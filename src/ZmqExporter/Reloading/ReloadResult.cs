using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Targets;

namespace ZmqExporter.Reloading;

/// <summary>How a reload ended. Immutable.</summary>
/// <param name="Diff">What it changed; null when it failed and nothing is changed.</param>
/// <param name="Errors">Why it failed; empty when it did not.</param>
internal sealed record ReloadResult(TargetDiff? Diff, EquatableArray<ConfigError> Errors)
{
    /// <summary>Whether the new config is in force.</summary>
    public bool IsSuccess => Diff is not null;

    /// <summary>For people: what changed, or every error in a line of its own.</summary>
    public string Words() => Diff is not { } diff
        ? string.Join('\n', Errors)
        : string.Create(
            CultureInfo.InvariantCulture,
            $"reloaded: of the pairs of a target and a module {diff.Added.Length} added, {diff.Changed.Length} changed, {diff.Removed.Length} removed, {diff.Unchanged} unchanged");
}
