using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;
using Zmtp;

namespace ZmqExporter.Configuration.Binding;

/// <summary>What makes a target, wherever it is listed: the same values, the same checks, the same errors.</summary>
/// <param name="catalog">The names of all modules.</param>
/// <param name="modules">The modules.</param>
/// <param name="defaults">What targets have that say nothing else.</param>
internal sealed class TargetParts(ModuleCatalog catalog, BoundModules modules, TargetDefaults defaults)
{
    /// <summary>The key of a target that says where a loop comes out.</summary>
    public const string ReturnEndpoint = "return_endpoint";

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>The modules that targets name or take from the defaults.</summary>
    public IReadOnlySet<string> UsedModules => _used;

    /// <summary>The modules of targets that name none; null when there are none such.</summary>
    public ImmutableArray<string>? DefaultModules => defaults.Modules;

    /// <summary>Reads a list of modules.</summary>
    public ImmutableArray<string> ReadModules(IEnumerable<ConfigValue> items) => ModuleNames.Read(items, catalog);

    /// <summary>Whether a name can be that of a target; reports it when it cannot.</summary>
    public static bool CheckName(ConfigValue value, string name)
    {
        if (Names.Complaint(name) is not { } complaint)
        {
            return true;
        }

        value.Error(complaint, "write a short unique name such as orders");
        return false;
    }

    /// <summary>Reads an endpoint; null after an error.</summary>
    public static ZmtpEndpoint? ReadEndpoint(ConfigValue value)
    {
        const string Remedy = "write tcp://host:port";
        if (value.Node is YamlSequence { Items.Length: var count })
        {
            value.Error(
                $"a target has one endpoint, and this is a list{(count > 1 ? $" of {count}" : "")}",
                count > 1 ? "make a target of each" : count == 1 ? "write it without the brackets or the hyphen" : Remedy);
            return null;
        }

        if (value.ReadText(Remedy) is not { } text)
        {
            return null;
        }

        if (ZmtpEndpoint.TryParse(text, out var endpoint, out var error))
        {
            return endpoint;
        }

        // The parser's words quote the value, and a value from the environment may be a secret.
        var parts = value.IsFromEnvironment ? [$"{value.Shown} is not an endpoint", Remedy] : error.Split("; ", 2);
        value.Error(parts[0], parts.Length > 1 ? parts[1] : Remedy);
        return null;
    }

    /// <summary>Whether a target with these modules has to say where its server listens: unless all of them wait for what is pushed.</summary>
    public bool NeedsEndpoint(ImmutableArray<string> names) => names.IsEmpty || names.Any(name => modules.Find(name)?.Prober is not ListenProberConfig);

    // A series cannot have a label twice.
    private static void CheckLabels(BoundModule module, EquatableMap<string> labels, ConfigValue? at)
    {
        ValueConfig[] numbers = module.Prober.Heartbeat is null ? [] : [HeartbeatConfig.Numbers];
        foreach (var label in module.Prober.Values.Concat(numbers).SelectMany(value => value.Labels).Where(label => labels.ContainsKey(label.Name)))
        {
            at?.Error(
                $"the target has a label {Quoted.Text(label.Name)}, and so have the values of its module {Quoted.Text(module.Name)}",
                "rename one of the two");
        }
    }

    /// <summary>Checks the parts of a target against each other, and makes one config for each of its modules.</summary>
    /// <param name="name">Its name, or null after an error.</param>
    /// <param name="endpoint">Its endpoint, or null after an error.</param>
    /// <param name="endpointAt">Where the endpoint stands, or null.</param>
    /// <param name="returnAt">Where the endpoint stands at which a loop comes out, or null.</param>
    /// <param name="names">Its modules.</param>
    /// <param name="settings">What it sets itself.</param>
    /// <param name="labels">Its own labels.</param>
    /// <param name="errors">Where errors go, also those about a module that does not fit.</param>
    /// <param name="nameAt">Where its name stands, or null.</param>
    public ImmutableArray<TargetConfig> Combine(
        string? name,
        ZmtpEndpoint? endpoint,
        ConfigValue? endpointAt,
        ConfigValue? returnAt,
        ImmutableArray<string> names,
        SettingsLayer settings,
        EquatableMap<string> labels,
        ConfigErrors errors,
        ConfigValue? nameAt = null)
    {
        _used.UnionWith(names);
        foreach (var module in names)
        {
            if (modules.SettingsOf(module) is { } below)
            {
                EffectiveSettings.Check(settings.Over(below), errors);
            }
        }

        var good = names.Select(modules.Find).OfType<BoundModule>().ToList();
        var unixSocket = endpoint?.SocketPath is null ? null : endpointAt;
        foreach (var module in good)
        {
            ListenProberBinder.CheckEndpoint(module, endpointAt, errors);
            NetMqRules.Check(settings.Over(module.Settings), module, unixSocket, errors);
        }

        var all = defaults.With(labels);
        foreach (var module in good)
        {
            CheckLabels(module, all, endpointAt ?? nameAt);
        }

        var back = returnAt is null ? null : ReadEndpoint(returnAt);
        CheckReturn(good, isComplete: good.Count == names.Length, endpointAt, returnAt);
        return name is null
            ? []
            : [.. good.Select(module => Of(module, name, endpoint, back, settings, all)).OfType<TargetConfig>()];
    }

    private static TargetConfig? Of(BoundModule module, string name, ZmtpEndpoint? endpoint, ZmtpEndpoint? back, SettingsLayer settings, EquatableMap<string> labels)
    {
        endpoint = module.Prober is ListenProberConfig listen ? ZmtpEndpoint.Incoming(listen.ServiceOf(name)) : endpoint;
        return endpoint is null || (NeedsReturn(module) && back is null)
            ? null
            : new TargetConfig(name, endpoint, module.With(settings), labels) { ReturnEndpoint = NeedsReturn(module) ? back : null };
    }

    private static bool NeedsReturn(BoundModule module) => module.Prober is LoopProberConfig { HasReturnEndpoint: true };

    private static void CheckReturn(List<BoundModule> modules, bool isComplete, ConfigValue? endpointAt, ConfigValue? returnAt)
    {
        if (modules.Find(NeedsReturn) is not { } loop)
        {
            if (returnAt is not null && isComplete)
            {
                returnAt.Error("no module of this target comes out at another endpoint", "remove it, or add a module with prober: loop, such as proxy_loop");
            }
        }
        else if (returnAt is null)
        {
            endpointAt?.Error(
                $"this is the side where module {Quoted.Plain(loop.Name)} sends, and the target does not say where its messages come out",
                $"write {ReturnEndpoint}: tcp://host:port beside it, or the label {TargetGroupLabels.ReturnEndpointKey} in a list of targets");
        }
    }
}
