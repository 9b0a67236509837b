using ZmqExporter.Targets;

namespace ZmqExporter.Http.Pages;

/// <summary>The link from a target's page to its dashboard in Grafana.</summary>
internal static class DashboardLink
{
    /// <summary>The uid of dashboards/zmq-target.json; a test holds them together.</summary>
    public const string Uid = "zmq-target";

    /// <summary>The names of its variables that say which target.</summary>
    public const string TargetVariable = "var-target";

    /// <inheritdoc cref="TargetVariable"/>
    public const string ModuleVariable = "var-module";

    /// <summary>The link.</summary>
    /// <param name="grafana">Where Grafana is.</param>
    /// <param name="key">The target.</param>
    public static string Of(PublicUrl grafana, TargetKey key) =>
        $"{grafana.Text}/d/{Uid}?{TargetVariable}={Uri.EscapeDataString(key.Target)}&{ModuleVariable}={Uri.EscapeDataString(key.Module)}";
}
