using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds a document. It goes on after an error, so that one run shows them all.</summary>
internal static class ConfigBinder
{
    /// <summary>Binds the document; the result counts only when the context has no errors.</summary>
    public static BoundConfig? Bind(YamlNode document, BindingContext context)
    {
        var value = new ConfigValue(document, "", context.Errors);
        if (Section.Open(value, ConfigKeys.Root) is not { } root)
        {
            return null;
        }

        var section = root.Find("defaults") is { } mapping ? Section.Open(mapping, ConfigKeys.Defaults) : null;
        var defaults = section is null ? SettingsLayer.Empty : SettingsLayer.Read(section, SettingScope.Defaults);
        context = context with { Metrics = MetricsBinder.Bind(root.Find("metrics")) };
        var catalog = new ModuleCatalog(root.Find("modules"), context);
        var modules = new BoundModules(catalog, defaults, context);
        var ofTargets = TargetDefaults.Read(section, catalog);
        var parts = new TargetParts(catalog, modules, ofTargets);
        var binder = new TargetBinder(parts);
        var targets = root.Find("targets") is { } list ? binder.Bind(list) : [];
        modules.CheckUnused(parts.UsedModules);
        var config = new ExporterConfig
        {
            Targets = targets,
            Modules = modules.Configs(catalog.FileNames),
            BuiltInModules = modules.Configs(catalog.BuiltInNames),
            Metrics = context.Metrics,
            StateFile = StateFileBinder.Bind(root.Find("state_file"), context),
            HeartbeatListener = HeartbeatListenerBinder.Bind(root.Find("heartbeat_listener"), context),
            ProbeEndpoint = ProbeEndpointBinder.Bind(root.Find("probe_endpoint")),
            DefaultLabels = ofTargets.Labels,
            DefaultModules = ofTargets.Modules ?? [],
            TargetFiles = TargetFilesBinder.Bind(root.Find("target_files"), context),
            TargetUrls = TargetUrlBinder.Bind(root.Find("target_urls"), context),
        };
        return new BoundConfig(config, parts, binder.Places)
        {
            Origins = context.Errors.Count > 0 ? null : new ConfigOrigins(
                modules.Origins(section, root.Find("metrics")), binder.Own, section is null ? [] : TargetPlaces.Of(section))
            {
                FileModules = modules.OfFile(),
            },
        };
    }
}
