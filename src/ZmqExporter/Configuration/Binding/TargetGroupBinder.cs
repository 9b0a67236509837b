using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds a list of targets in the format of Prometheus' file_sd and http_sd.</summary>
/// <param name="parts">What makes a target.</param>
internal sealed class TargetGroupBinder(TargetParts parts)
{
    private const string Remedy = "write - targets: [tcp://host:port] below it, or [] for none";

    /// <summary>Binds a document; what has errors is left out.</summary>
    /// <param name="document">The list.</param>
    /// <param name="warnings">Where it goes what has no effect.</param>
    public ImmutableArray<DiscoveredTarget> Bind(ConfigValue document, ConfigErrors warnings) =>
        [.. (document.ReadItems(Remedy) ?? []).SelectMany(group => BindGroup(group, warnings))];

    private ImmutableArray<DiscoveredTarget> BindGroup(ConfigValue value, ConfigErrors warnings)
    {
        if (Section.Open(value, ConfigKeys.TargetGroup) is not { } section || section.Require("targets", "write targets: [tcp://host:port]") is not { } list)
        {
            return [];
        }

        // A program that has none may well write null, and Prometheus takes that for an empty list.
        var items = IsNull(list) ? [] : list.ReadItems("write targets: [tcp://host:port]") ?? [];
        var labels = section.Find("labels") is { } mapping && !IsNull(mapping) ? TargetGroupLabels.Read(mapping, warnings) : TargetGroupLabels.Empty;
        var modules = labels.Modules is { } names ? parts.ReadModules(names) : parts.DefaultModules;
        if (modules is null && !items.IsEmpty)
        {
            value.Error("its targets have no modules", $"write the label {TargetGroupLabels.ModulesKey}, or defaults.modules in the config");
        }

        return [.. items.Select(item => BindTarget(item, labels, section.Find("labels"), modules ?? [])).OfType<DiscoveredTarget>()];
    }

    private DiscoveredTarget? BindTarget(ConfigValue value, TargetGroupLabels labels, ConfigValue? labelsAt, ImmutableArray<string> modules)
    {
        var endpoint = TargetParts.ReadEndpoint(value);
        var name = labels.Name is { } label ? ((YamlScalar)label.Node).Text : endpoint is null ? null : ((YamlScalar)value.Node).Text;
        if (name is not null && !TargetParts.CheckName(labels.Name ?? value, name))
        {
            name = null;
        }

        var configs = parts.Combine(name, endpoint, value, labels.ReturnEndpoint, modules, labels.Settings, labels.Own, value.Errors);
        var mark = value.Node.Mark;
        return name is null ? null : new DiscoveredTarget(name, new ConfigPlace(mark.File, mark.Line, mark.Column), configs) { Own = TargetPlaces.Of(value, labelsAt) };
    }

    private static bool IsNull(ConfigValue value) => value.Node is YamlScalar { IsNull: true };
}
