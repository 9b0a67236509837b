using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;
using Zmtp;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds the <c>targets</c> list.</summary>
/// <param name="parts">What makes a target.</param>
internal sealed class TargetBinder(TargetParts parts)
{
    private readonly Dictionary<string, YamlMark> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EquatableArray<KeyPlace>> _own = new(StringComparer.Ordinal);

    /// <summary>Where each target's name stands.</summary>
    public IReadOnlyDictionary<string, YamlMark> Places => _places;

    /// <summary>What each target sets itself, and where.</summary>
    public IReadOnlyDictionary<string, EquatableArray<KeyPlace>> Own => _own;

    /// <summary>Binds every target; those with errors are left out.</summary>
    public ImmutableArray<TargetConfig> Bind(ConfigValue list) =>
        [.. (list.ReadItems("write - name: ... below it, or []") ?? []).SelectMany(value => BindTarget(value))];

    private ImmutableArray<TargetConfig> BindTarget(ConfigValue value)
    {
        if (Section.Open(value, ConfigKeys.Target) is not { } section)
        {
            return [];
        }

        var name = ReadName(section);
        var returnAt = section.Find(TargetParts.ReturnEndpoint);
        var names = ReadModules(section);
        var endpointAt = parts.NeedsEndpoint(names) ? section.Require("endpoint", "write endpoint: tcp://host:port") : section.Find("endpoint");
        var endpoint = endpointAt is null ? null : TargetParts.ReadEndpoint(endpointAt);
        var settings = SettingsLayer.Read(section, SettingScope.Target);
        var labels = section.Find("labels") is { } mapping ? TargetLabelsBinder.Bind(mapping) : EquatableMap<string>.Empty;
        if (name is not null)
        {
            _own[name] = TargetPlaces.Of(section);
        }

        return parts.Combine(name, endpoint, endpointAt, returnAt, names, settings, labels, value.Errors, section.Find("name"));
    }

    private string? ReadName(Section section)
    {
        const string Remedy = "write name: followed by a short unique name";
        if (section.Require("name", Remedy) is not { } value || value.ReadText(Remedy) is not { } name || !TargetParts.CheckName(value, name))
        {
            return null;
        }

        if (_places.TryAdd(name, value.Node.Mark))
        {
            return name;
        }

        value.Error(
            $"the name {value.Shown} is taken by the target in line {_places[name].Line}",
            "give each target a name of its own, or list several modules in one target");
        return null;
    }

    private ImmutableArray<string> ReadModules(Section section)
    {
        const string Remedy = "write modules: [NAME]";
        if (section.Find("modules") is null && parts.DefaultModules is { } defaults)
        {
            return defaults;
        }

        if (section.Require("modules", $"{Remedy}, or defaults.modules") is not { } value || value.ReadItems(Remedy) is not { } items)
        {
            return [];
        }

        if (items.IsEmpty)
        {
            value.Error("the list is empty", Remedy);
        }

        return parts.ReadModules(items);
    }
}
