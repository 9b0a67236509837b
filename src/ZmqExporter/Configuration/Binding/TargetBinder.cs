using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;
using Zmtp;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds the <c>targets</c> list.</summary>
/// <param name="catalog">The names of all modules.</param>
/// <param name="modules">Those modules that could be bound.</param>
internal sealed class TargetBinder(ModuleCatalog catalog, IReadOnlyDictionary<string, BoundModule> modules)
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>The modules that a target names.</summary>
    public IReadOnlySet<string> UsedModules => _used;

    /// <summary>Binds every target; those with errors are left out.</summary>
    public ImmutableArray<TargetConfig> Bind(ConfigValue list) =>
        [.. (list.ReadItems("write - name: ... below it, or []") ?? []).SelectMany(BindTarget)];

    private IEnumerable<TargetConfig> BindTarget(ConfigValue value)
    {
        if (Section.Open(value, ConfigKeys.Target) is not { } section)
        {
            return [];
        }

        var name = ReadName(section);
        var endpoint = ReadEndpoint(section);
        var names = ReadModules(section);
        var settings = SettingsLayer.Read(section, SettingScope.Target);
        var labels = section.Find("labels") is { } mapping
            ? TargetLabelsBinder.Bind(mapping)
            : EquatableMap<string>.Empty;
        var good = names.Where(modules.ContainsKey).Select(module => modules[module]).ToList();
        var unixSocket = endpoint?.SocketPath is null ? null : section.Find("endpoint");
        foreach (var module in good)
        {
            var merged = settings.Over(module.Settings);
            EffectiveSettings.Check(merged);
            NetMqRules.Check(merged, module, unixSocket);
        }

        return name is null || endpoint is null
            ? []
            : good.Select(module => new TargetConfig(name, endpoint, module.With(settings), labels));
    }

    private string? ReadName(Section section)
    {
        const string Remedy = "write name: followed by a short unique name";
        if (section.Require("name", Remedy) is not { } value || value.ReadText(Remedy) is not { } name)
        {
            return null;
        }

        if (Names.Complaint(name) is { } complaint)
        {
            value.Error(complaint, "write a short unique name such as orders");
            return null;
        }

        if (_lines.TryAdd(name, value.Node.Mark.Line))
        {
            return name;
        }

        value.Error(
            $"the name {value.Shown} is taken by the target in line {_lines[name]}",
            "give each target a name of its own, or list several modules in one target");
        return null;
    }

    private static ZmtpEndpoint? ReadEndpoint(Section section)
    {
        const string Remedy = "write tcp://host:port";
        if (section.Require("endpoint", "write endpoint: tcp://host:port") is not { } value)
        {
            return null;
        }

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

    private List<string> ReadModules(Section section)
    {
        const string Remedy = "write modules: [NAME]";
        var names = new List<string>();
        if (section.Require("modules", Remedy) is not { } value || value.ReadItems(Remedy) is not { } items)
        {
            return names;
        }

        if (items.IsEmpty)
        {
            value.Error("the list is empty", Remedy);
        }

        foreach (var item in items)
        {
            if (item.ReadText("write the name of a module") is not { } name)
            {
                continue;
            }

            _ = _used.Add(name);
            if (!catalog.Contains(name))
            {
                item.Error($"there is no module {item.Shown}", catalog.Remedy(name));
            }
            else if (names.Contains(name, StringComparer.Ordinal))
            {
                item.Error($"module {item.Shown} is listed twice", "remove one of the two");
            }
            else
            {
                names.Add(name);
            }
        }

        return names;
    }
}
