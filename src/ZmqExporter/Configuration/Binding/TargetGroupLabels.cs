using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>The labels of a group of targets: some say how to probe, others that begin with <c>__</c> are nobody's, as in Prometheus, the rest are the targets' own.</summary>
internal sealed record TargetGroupLabels
{
    /// <value>The label that chooses the modules.</value>
    public const string ModulesKey = "__zmq_modules__";

    private const string Prefix = "__zmq_";
    private const string NameKey = "__zmq_name__";
    private const string IntervalKey = "__zmq_interval__";
    private const string TimeoutKey = "__zmq_timeout__";

    /// <value>The label that says where a loop comes out.</value>
    public const string ReturnEndpointKey = "__zmq_return_endpoint__";

    private static readonly ImmutableArray<string> Keys = [NameKey, ModulesKey, IntervalKey, TimeoutKey, ReturnEndpointKey];

    /// <summary>No labels.</summary>
    public static TargetGroupLabels Empty { get; } = new();

    /// <value>The name of the targets: a text; null when it does not say.</value>
    public ConfigValue? Name { get; private init; }

    /// <value>Where a loop comes out: a text; null when it does not say.</value>
    public ConfigValue? ReturnEndpoint { get; private init; }

    /// <value>The names of the modules; null when it does not say.</value>
    public ImmutableArray<ConfigValue>? Modules { get; private init; }

    /// <value>Interval and timeout.</value>
    public SettingsLayer Settings { get; private init; } = SettingsLayer.Empty;

    /// <value>The targets' own labels.</value>
    public EquatableMap<string> Own { get; private init; }

    /// <summary>The key of a target in the config file that says what a label says; null for a label that is one.</summary>
    public static string? SettingOf(string label) => label switch
    {
        ModulesKey => "modules",
        IntervalKey => "interval",
        TimeoutKey => "timeout",
        ReturnEndpointKey => TargetParts.ReturnEndpoint,
        _ => null,
    };

    /// <summary>Reads them.</summary>
    /// <param name="mapping">The labels.</param>
    /// <param name="warnings">Where it goes that a label is dropped which may be a mistyped one of ours.</param>
    public static TargetGroupLabels Read(ConfigValue mapping, ConfigErrors warnings)
    {
        if (mapping.Node is not YamlMapping { Entries: var entries })
        {
            mapping.WrongType("a mapping", "write name: value below it");
            return Empty;
        }

        foreach (var entry in entries.Where(entry => entry.Key.StartsWith(Prefix, StringComparison.Ordinal) && !Keys.Contains(entry.Key, StringComparer.Ordinal)))
        {
            warnings.Add(
                entry.KeyMark, Quoted.Path(mapping.Path, entry.Key), "an unknown label, which is dropped", Suggestion.Remedy(entry.Key, Keys, $"labels with {Prefix}"));
        }

        var own = entries.Where(entry => !entry.Key.StartsWith("__", StringComparison.Ordinal)).ToImmutableArray();
        return new TargetGroupLabels
        {
            Name = Find(NameKey),
            ReturnEndpoint = Find(ReturnEndpointKey),
            Modules = Find(ModulesKey) is { } modules ? Split(modules) : null,
            Settings = Find(IntervalKey) is var interval && Find(TimeoutKey) is var timeout && (interval ?? timeout) is null
                ? SettingsLayer.Empty
                : new SettingsLayer
                {
                    Interval = Setting<TimeSpan>.From(interval, SettingScope.Target, SettingsLayer.ReadInterval),
                    Timeout = Setting<TimeSpan>.From(timeout, SettingScope.Target, SettingsLayer.ReadDeadline),
                },
            Own = TargetLabelsBinder.Bind(mapping with { Node = new YamlMapping(mapping.Node.Mark, own) }),
        };

        // To Prometheus an empty label is none.
        ConfigValue? Find(string key) => entries.FirstOrDefault(entry => entry.Key == key)?.Value is { } node
            && new ConfigValue(node, Quoted.Path(mapping.Path, key), mapping.Errors) is var value
            && value.ReadText("write the label's value, or remove the label") is { Length: > 0 }
                ? value
                : null;
    }

    private static ImmutableArray<ConfigValue> Split(ConfigValue list) =>
    [
        .. ((YamlScalar)list.Node).Text.Split(',', StringSplitOptions.TrimEntries)
            .Select(name => list with { Node = new YamlScalar(list.Node.Mark, name, name, isQuoted: true, isBroken: false) }),
    ];
}
