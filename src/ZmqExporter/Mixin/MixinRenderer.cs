using System.Collections.Immutable;

namespace ZmqExporter.Mixin;

/// <summary>What to render.</summary>
[Flags]
internal enum MixinFormats
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Rule files for Prometheus.</summary>
    Rules = 1,

    /// <summary>One object for the Prometheus operator.</summary>
    PrometheusRule = 2,

    /// <summary>Dashboards for Grafana.</summary>
    Dashboards = 4,
}

/// <summary>Renders rules and dashboards. With the default parameters it gives the files of the repository, byte for byte.</summary>
internal static class MixinRenderer
{
    /// <summary>The name of the object for the operator.</summary>
    public const string PrometheusRuleFile = "prometheusrule.yaml";

    /// <summary>Renders.</summary>
    public static ImmutableArray<MixinFile> Render(MixinParameters parameters, MixinFormats formats)
    {
        var rules = new RuleRenderer(parameters);
        var dashboards = new DashboardRenderer(parameters);
        MixinFile[] ruleFiles = [.. MixinSources.Rules.Select(file => file with { Text = rules.Render(file.Text) })];
        return
        [
            .. formats.HasFlag(MixinFormats.Rules) ? ruleFiles : [],
            .. formats.HasFlag(MixinFormats.PrometheusRule) ? [new MixinFile(PrometheusRuleFile, PrometheusRuleText.Make(ruleFiles.Select(file => file.Text)))] : (MixinFile[])[],
            .. formats.HasFlag(MixinFormats.Dashboards) ? MixinSources.Dashboards.Select(file => file with { Text = dashboards.Render(file.Text) }) : [],
        ];
    }
}
