using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>All modules of a config, those of its file and the built-in ones.</summary>
internal sealed class BoundModules
{
    private readonly Dictionary<string, BoundModule> _modules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SettingsLayer> _settings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModuleChain> _chains = new(StringComparer.Ordinal);
    private readonly ModuleCatalog _catalog;
    private readonly SettingsLayer _defaults;
    private readonly ConfigErrors _errors;

    /// <summary>Binds them.</summary>
    public BoundModules(ModuleCatalog catalog, SettingsLayer defaults, BindingContext context)
    {
        (_catalog, _defaults, _errors) = (catalog, defaults, context.Errors);
        foreach (var name in catalog.Known)
        {
            if (catalog.Resolve(name) is not { } chain)
            {
                continue;
            }

            _chains.Add(name, chain);
            if (ModuleBinder.Bind(chain, defaults, context, out var settings) is { } module)
            {
                _modules.Add(name, module);
            }

            _settings.Add(name, settings);
        }

        ValueBinder.CheckAgreement(
            from module in _modules
            let at = _chains[module.Key].Find("values")
            where at is not null
            select (module.Key, at.ReportingTo(context.Errors), (ImmutableArray<ValueConfig>)module.Value.Prober.Values));
    }

    /// <summary>A module; null when there is none of this name without errors.</summary>
    public BoundModule? Find(string name) => _modules.GetValueOrDefault(name);

    /// <summary>A module's settings, also of one with errors; null when it is no mapping, or there is none.</summary>
    public SettingsLayer? SettingsOf(string name) => _settings.GetValueOrDefault(name);

    /// <summary>Those of these names that have no errors.</summary>
    public ImmutableSortedDictionary<string, ModuleConfig> Configs(IEnumerable<string> names) => names.Where(_modules.ContainsKey)
        .ToImmutableSortedDictionary(name => name, name => _modules[name].Alone, StringComparer.Ordinal);

    /// <summary>Where the settings of each module come from.</summary>
    /// <param name="defaults">The <c>defaults</c> section, or null.</param>
    /// <param name="metrics">The <c>metrics</c> section, or null.</param>
    public IReadOnlyDictionary<string, EquatableArray<ModuleSetting>> Origins(Section? defaults, ConfigValue? metrics) => _modules.ToDictionary(
        pair => pair.Key, pair => new ModuleSettings(_chains[pair.Key], pair.Value, defaults, metrics).Read(), StringComparer.Ordinal);

    /// <summary>The modules of the file, where they stand, and whether another one extends them.</summary>
    public EquatableArray<FileModule> OfFile()
    {
        var extended = _catalog.FileNames.SelectMany(name => _chains[name].Members.Skip(1)).Where(member => !member.IsBuiltIn)
            .Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
        return [.. _catalog.FileNames.Select(name => new FileModule(name, ModuleSettings.PlaceOf(_chains[name].Sections[0].Value), extended.Contains(name)))];
    }

    /// <summary>Reports settings of modules that contradict each other: each module may make the defaults fit, and each target its modules, so that
    /// only what nobody uses is judged alone.</summary>
    /// <param name="used">The modules that targets use.</param>
    public void CheckUnused(IReadOnlySet<string> used)
    {
        var ofFile = _catalog.FileNames.Where(_settings.ContainsKey).ToList();
        if (ofFile.Count == 0 && !used.Any(_settings.ContainsKey))
        {
            EffectiveSettings.Check(_defaults, _errors);
        }

        foreach (var name in ofFile.Where(name => !used.Contains(name)))
        {
            EffectiveSettings.Check(_settings[name], _errors);
            if (Find(name) is { } module)
            {
                NetMqRules.Check(module.Settings, module, unixSocket: null, _errors);
            }
        }
    }
}
