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
        var modules = BindModules(catalog, defaults, context);
        var ofTargets = TargetDefaults.Read(section, catalog);
        var parts = new TargetParts(catalog, modules, ofTargets);
        var binder = new TargetBinder(parts);
        var targets = root.Find("targets") is { } list ? binder.Bind(list) : [];
        CheckUnused(defaults, catalog, modules, parts.UsedModules, context.Errors);
        var config = new ExporterConfig
        {
            Targets = targets,
            Modules = ModulesOf(catalog.FileNames, modules),
            BuiltInModules = ModulesOf(catalog.BuiltInNames, modules),
            Metrics = context.Metrics,
            StateFile = StateFileBinder.Bind(root.Find("state_file"), context),
            ProbeEndpoint = ProbeEndpointBinder.Bind(root.Find("probe_endpoint")),
            DefaultLabels = ofTargets.Labels,
            DefaultModules = ofTargets.Modules ?? [],
            TargetFiles = TargetFilesBinder.Bind(root.Find("target_files"), context),
            TargetUrls = TargetUrlBinder.Bind(root.Find("target_urls"), context),
        };
        return new BoundConfig(config, parts, binder.Places);
    }

    private static Dictionary<string, BoundModule> BindModules(
        ModuleCatalog catalog, SettingsLayer defaults, BindingContext context)
    {
        var modules = new Dictionary<string, BoundModule>(StringComparer.Ordinal);
        foreach (var name in catalog.Known)
        {
            if (catalog.Resolve(name) is { } chain && ModuleBinder.Bind(chain, defaults, context) is { } module)
            {
                modules.Add(name, module);
            }
        }

        return modules;
    }

    private static ImmutableSortedDictionary<string, ModuleConfig> ModulesOf(
        IEnumerable<string> names, Dictionary<string, BoundModule> modules) => names.Where(modules.ContainsKey)
        .ToImmutableSortedDictionary(name => name, name => modules[name].Alone, StringComparer.Ordinal);

    // Each module may make the defaults fit, and each target its modules: only what nobody uses is judged alone.
    private static void CheckUnused(
        SettingsLayer defaults, ModuleCatalog catalog, Dictionary<string, BoundModule> modules, IReadOnlySet<string> used, ConfigErrors errors)
    {
        var ofFile = catalog.FileNames.Where(modules.ContainsKey).ToList();
        if (ofFile.Count == 0 && !used.Any(modules.ContainsKey))
        {
            EffectiveSettings.Check(defaults, errors);
        }

        foreach (var name in ofFile.Where(name => !used.Contains(name)))
        {
            EffectiveSettings.Check(modules[name].Settings, errors);
            NetMqRules.Check(modules[name].Settings, modules[name], unixSocket: null, errors);
        }
    }
}
