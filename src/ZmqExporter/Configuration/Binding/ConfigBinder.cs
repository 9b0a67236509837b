using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds a document. It goes on after an error, so that one run shows them all.</summary>
internal static class ConfigBinder
{
    /// <summary>Binds the document; the result counts only when the context has no errors.</summary>
    public static ExporterConfig? Bind(YamlNode document, BindingContext context)
    {
        var value = new ConfigValue(document, "", context.Errors);
        if (Section.Open(value, ConfigKeys.Root) is not { } root)
        {
            return null;
        }

        var defaults = root.Find("defaults") is { } mapping && Section.Open(mapping, ConfigKeys.Defaults) is { } section
            ? SettingsLayer.Read(section, SettingScope.Defaults)
            : SettingsLayer.Empty;
        context = context with { Metrics = MetricsBinder.Bind(root.Find("metrics")) };
        var catalog = new ModuleCatalog(root.Find("modules"), context);
        var modules = BindModules(catalog, defaults, context);
        var binder = new TargetBinder(catalog, modules);
        var targets = root.Find("targets") is { } list ? binder.Bind(list) : [];
        CheckUnused(defaults, catalog, modules, binder.UsedModules);
        LaterSections.Check(root);
        return new ExporterConfig
        {
            Targets = targets,
            Modules = ModulesOf(catalog.FileNames, modules),
            BuiltInModules = ModulesOf(catalog.BuiltInNames, modules),
            Metrics = context.Metrics,
            StateFile = root.Find("state_file")?.ReadText("write the path of a file") is { Length: > 0 } path ? Path.Combine(context.Directory, path) : null,
            ProbeEndpoint = ProbeEndpointBinder.Bind(root.Find("probe_endpoint")),
        };
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
        SettingsLayer defaults, ModuleCatalog catalog, Dictionary<string, BoundModule> modules, IReadOnlySet<string> used)
    {
        var ofFile = catalog.FileNames.Where(modules.ContainsKey).ToList();
        if (ofFile.Count == 0 && !used.Any(modules.ContainsKey))
        {
            EffectiveSettings.Check(defaults);
        }

        foreach (var name in ofFile.Where(name => !used.Contains(name)))
        {
            EffectiveSettings.Check(modules[name].Settings);
            NetMqRules.Check(modules[name].Settings, modules[name], unixSocket: null);
        }
    }
}
