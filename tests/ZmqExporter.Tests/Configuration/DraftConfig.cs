using System.Collections.Immutable;

namespace ZmqExporter.Tests.Configuration;

/// <summary>A config before it is written as YAML, with what it is to say about each target.</summary>
/// <param name="Defaults">The settings of <c>defaults</c>.</param>
/// <param name="Modules">The modules; each one but the first may extend the one before it.</param>
/// <param name="Targets">The targets.</param>
internal sealed record DraftConfig(ImmutableDictionary<string, string> Defaults, ImmutableArray<DraftModule> Modules, ImmutableArray<DraftTarget> Targets)
{
    /// <value>What follows below <c>metrics</c>.</value>
    public string Metrics { get; init; } = "";

    /// <summary>The target × module pairs, in the order in which a config has them.</summary>
    public IEnumerable<(DraftTarget Target, DraftModule Module)> Pairs =>
        Targets.SelectMany(target => target.Modules.Select(index => (target, Modules[index])));

    /// <summary>Whether a setting comes from a layer: nothing nearer to the target sets it.</summary>
    public bool IsTakenFrom(DraftLayer layer, string key, (DraftTarget Target, DraftModule Module) pair) =>
        !(key == "client" && IsHandshake(pair.Module))
        && Layers(pair).Where(other => other.Layer == layer || other.Settings.ContainsKey(key)).Take(1).Any(other => other.Layer == layer);

    /// <summary>Whether a module's prober always uses our own client.</summary>
    public bool IsHandshake(DraftModule module) => Chain(module).Last().Keys.Contains("handshake", StringComparison.Ordinal);

    /// <summary>Whether a module is this one or extends it.</summary>
    public bool IsHeir(DraftModule module, int of) => Chain(module).Contains(Modules[of]);

    /// <summary>The whole as YAML.</summary>
    public string ToYaml() =>
        $"defaults: {Yaml(Defaults)}\nmodules:\n"
        + string.Concat(Modules.Select(module => $"  {module.Name}: {{{module.Keys}{Comma(Yaml(module.Settings)[1..^1])}}}\n"))
        + "targets:\n"
        + string.Concat(Targets.Select(target => $"  - {{name: {target.Name}, endpoint: '{target.Endpoint}', modules: [{string.Join(", ", target.Modules.Select(index => Modules[index].Name))}], labels: {{{target.Labels}}}{Comma(Yaml(target.Settings)[1..^1])}}}\n"))
        + $"metrics: {{{Metrics}}}\n";

    private IEnumerable<(DraftLayer Layer, ImmutableDictionary<string, string> Settings)> Layers((DraftTarget Target, DraftModule Module) pair) =>
    [
        (new(DraftScope.Target, Targets.IndexOf(pair.Target)), pair.Target.Settings),
        .. Chain(pair.Module).Select(module => (new DraftLayer(DraftScope.Module, Modules.IndexOf(module)), module.Settings)),
        (new(DraftScope.Defaults, 0), Defaults),
        (new(DraftScope.Metrics, 0), ImmutableDictionary<string, string>.Empty),
    ];

    private IEnumerable<DraftModule> Chain(DraftModule module)
    {
        var index = Modules.IndexOf(module);
        do
        {
            yield return Modules[index];
        }
        while (Modules[index--].ExtendsTheOneBefore);
    }

    private static string Comma(string text) => text.Length == 0 ? "" : $", {text}";

    // "policy.flapping.changes" stands in the mapping "flapping" in the mapping "policy".
    private static string Yaml(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var parts = settings.GroupBy(setting => setting.Key.Split('.')[0], StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Any(setting => setting.Key.Contains('.', StringComparison.Ordinal))
                ? $"{group.Key}: {Yaml(group.Select(setting => KeyValuePair.Create(setting.Key[(group.Key.Length + 1)..], setting.Value)))}"
                : $"{group.Key}: {group.Single().Value}");
        return $"{{{string.Join(", ", parts)}}}";
    }
}

/// <summary>A module of a draft.</summary>
internal sealed record DraftModule(string Name, string Keys, ImmutableDictionary<string, string> Settings)
{
    /// <summary>Whether it takes over what the module before it has.</summary>
    public bool ExtendsTheOneBefore => Keys.StartsWith("extends: m", StringComparison.Ordinal);
}

/// <summary>A target of a draft, with its modules by their number.</summary>
internal sealed record DraftTarget(string Name, string Endpoint, ImmutableArray<int> Modules, string Labels, ImmutableDictionary<string, string> Settings);

/// <summary>Where settings can stand.</summary>
internal enum DraftScope
{
    Defaults,
    Module,
    Target,
    Metrics,
}

/// <summary>A place where settings stand.</summary>
internal readonly record struct DraftLayer(DraftScope Scope, int Index);
