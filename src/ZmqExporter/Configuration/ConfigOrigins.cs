namespace ZmqExporter.Configuration;

/// <summary>Where the settings of a config's targets come from: what <see cref="TargetConfig"/> has no room for, because it compares by value. Immutable.</summary>
/// <param name="Modules">The settings of each module, in the order in which they are shown, without those that nobody sets and a target can override.</param>
/// <param name="Targets">What each target of the config file sets itself.</param>
/// <param name="Defaults">What <c>defaults</c> says about targets alone: <c>modules</c>, and each label as <c>labels.NAME</c>.</param>
internal sealed record ConfigOrigins(
    IReadOnlyDictionary<string, EquatableArray<ModuleSetting>> Modules,
    IReadOnlyDictionary<string, EquatableArray<KeyPlace>> Targets,
    EquatableArray<KeyPlace> Defaults)
{
    private const string LabelPrefix = "labels.";

    /// <value>The modules of the file, in its order.</value>
    public EquatableArray<FileModule> FileModules { get; init; } = [];

    /// <summary>All settings of a target with a module, and where each comes from.</summary>
    /// <param name="target">The target.</param>
    /// <param name="listed">What the list of targets sets that it comes from; null for a target of the config file.</param>
    public EquatableArray<EffectiveSetting> Explain(TargetConfig target, EquatableArray<KeyPlace>? listed = null)
    {
        var layer = listed is null ? SettingLayer.Target : SettingLayer.TargetList;
        var own = (listed ?? Targets[target.Name]).ToLookup(pair => pair.Key, pair => pair.Place, StringComparer.Ordinal);
        var ofModule = Modules[target.Module.Name];
        return
        [
            new EffectiveSetting("endpoint", target.Endpoint.ToString(), Of("endpoint")),
            .. target.ReturnEndpoint is { } back ? [new EffectiveSetting("return_endpoint", back.ToString(), Of("return_endpoint"))] : Array.Empty<EffectiveSetting>(),
            new EffectiveSetting("module", target.Module.Name, Of("modules")),
            .. ofModule.Where(setting => setting.Value is not null).Select(setting => new EffectiveSetting(setting.Key, setting.Value!, setting.Origin)),
            .. SettingText.Keys.Select(key => new EffectiveSetting(
                key,
                SettingText.Of(target.Module, key),
                own.Contains(key) ? Of(key) : ofModule.FirstOrDefault(setting => setting.Key == key)?.Origin ?? SettingOrigin.BuiltIn)),
            .. target.Labels.Select(label => new EffectiveSetting(LabelPrefix + label.Key, Quoted.Plain(label.Value), Of(LabelPrefix + label.Key))),
        ];

        SettingOrigin Of(string key) => own.Contains(key)
            ? new SettingOrigin(layer, Place: own[key].First())
            : new SettingOrigin(SettingLayer.Defaults, Place: Defaults.Where(pair => pair.Key == key).Select(pair => (ConfigPlace?)pair.Place).FirstOrDefault());
    }
}
