using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Mixin;

/// <summary>Binds a file of parameters. It goes on after an error, so that one run shows them all.</summary>
internal static class MixinBinder
{
    private const string SelectorRemedy = """write conditions as PromQL has them, with values in double quotes, such as 'job="zmq", cluster=~"prod-.*"'""";
    private const decimal Most = 1_000_000;
    private const decimal LeastShare = 0.000001m;
    private const decimal Least = 0.001m;

    /// <summary>Binds the document; the result counts only when there are no errors.</summary>
    public static MixinParameters Bind(ConfigValue document)
    {
        var defaults = MixinParameters.Default;
        return Section.Open(document, MixinKeys.Root) is not { } root ? defaults : new MixinParameters
        {
            Selector = root.Find("selector") is { } selector ? BindSelector(selector) : [],
            RunbookBase = MixinTexts.ReadUrl(root.Find("runbook_base"), mayHaveFile: true) ?? defaults.RunbookBase,
            DashboardBase = MixinTexts.ReadUrl(root.Find("dashboard_base"), mayHaveFile: false) ?? defaults.DashboardBase,
            PageBase = MixinTexts.ReadUrl(root.Find("page_base"), mayHaveFile: false),
            ClusterLabel = MixinTexts.ReadClusterLabel(root.Find("cluster_label")),
            SeverityPage = MixinTexts.ReadSeverity(root.Find("severity_page")) ?? defaults.SeverityPage,
            SeverityTicket = MixinTexts.ReadSeverity(root.Find("severity_ticket")) ?? defaults.SeverityTicket,
            Labels = root.Find("labels") is { } labels ? MixinTexts.ReadLabels(labels) : defaults.Labels,
            Disabled = root.Find("disabled") is { } disabled ? BindDisabled(disabled) : [],
            Thresholds = root.Find("thresholds") is { } thresholds ? BindThresholds(thresholds) : defaults.Thresholds,
        };
    }

    private static ImmutableArray<LabelMatcher> BindSelector(ConfigValue value)
    {
        if (value.ReadText(SelectorRemedy) is not { } text)
        {
            return [];
        }

        if (text.Any(char.IsControl) || LabelMatcher.ReadList(text) is not { } matchers)
        {
            value.Error($"{value.Shown} is not a list of conditions on labels", SelectorRemedy);
            return [];
        }

        return matchers;
    }

    private static ImmutableHashSet<string> BindDisabled(ConfigValue value)
    {
        var disabled = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var item in value.ReadItems("write a list of alerts, such as [ZmqTargetFlapping]") ?? [])
        {
            if (item.ReadText("write the name of an alert") is not { } name)
            {
                continue;
            }

            if (!MixinSources.Alerts.Contains(name, StringComparer.Ordinal))
            {
                item.Error($"there is no alert {item.Shown}", Suggestion.Remedy(name, MixinSources.Alerts, "alerts"));
            }

            disabled.Add(name);
        }

        return disabled.ToImmutable();
    }

    private static ImmutableDictionary<string, decimal> BindThresholds(ConfigValue value)
    {
        var thresholds = ImmutableDictionary.CreateBuilder<string, decimal>(StringComparer.Ordinal);
        if (Section.Open(value, MixinKeys.Thresholds) is { } section)
        {
            foreach (var threshold in MixinThreshold.All)
            {
                if (section.Find(threshold.Key) is { } written && ReadNumber(written, threshold.IsShare) is { } number)
                {
                    thresholds[threshold.Key] = number;
                }
            }
        }

        return thresholds.ToImmutable();
    }

    private static decimal? ReadNumber(ConfigValue value, bool isShare)
    {
        var remedy = isShare ? "write a share above 0 and below 1, such as 0.25" : "write a number above 0, such as 10 or 14.4";
        if (value.ReadText(remedy) is not { } text)
        {
            return null;
        }

        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            value.Error($"{value.Shown} is not a number", remedy);
            return null;
        }

        if (isShare ? number is < LeastShare or > 1 - LeastShare : number is < Least or > Most)
        {
            value.Error($"{value.Shown} is out of range", remedy);
            return null;
        }

        return Math.Round(number, 6);
    }
}
