using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Mixin;

/// <summary>Every key of a file of parameters.</summary>
internal static class MixinKeys
{
    /// <summary>The document.</summary>
    public static KeyTable Root { get; } = new(
        "",
        [
            "selector", "runbook_base", "dashboard_base", "page_base", "cluster_label", "severity_page", "severity_ticket", "labels", "disabled", "thresholds",
        ]);

    /// <summary>The thresholds.</summary>
    public static KeyTable Thresholds { get; } = new("thresholds", [.. MixinThreshold.All.Select(threshold => threshold.Key)]);
}
