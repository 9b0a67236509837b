using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Finds out what targets set themselves, and where.</summary>
internal static class TargetPlaces
{
    private const string Labels = "labels";

    private static readonly ImmutableArray<string> Keys = ["endpoint", TargetParts.ReturnEndpoint, "modules", .. SettingText.Keys.Items];

    /// <summary>What a target of the config file, or the <c>defaults</c> section, sets.</summary>
    public static EquatableArray<KeyPlace> Of(Section section) => [.. OfKeys(section), .. OfLabels(section.Find(Labels))];

    /// <summary>What a target of a list from elsewhere sets.</summary>
    /// <param name="endpoint">Its endpoint.</param>
    /// <param name="labels">The labels of its group, or null.</param>
    public static EquatableArray<KeyPlace> Of(ConfigValue endpoint, ConfigValue? labels) =>
        [new KeyPlace("endpoint", ModuleSettings.PlaceOf(endpoint)), .. OfLabels(labels).Select(Meant)];

    private static IEnumerable<KeyPlace> OfKeys(Section section)
    {
        foreach (var key in Keys)
        {
            if (ModuleSettings.Find(section, key) is { } value)
            {
                yield return new KeyPlace(key, ModuleSettings.PlaceOf(value));
            }
        }
    }

    private static IEnumerable<KeyPlace> OfLabels(ConfigValue? labels) => labels?.Node is not YamlMapping mapping ? [] : mapping.Entries
        .Select(entry => new KeyPlace($"{Labels}.{entry.Key}", new ConfigPlace(entry.Value.Mark.File, entry.Value.Mark.Line, entry.Value.Mark.Column)));

    // Some labels say what keys say in the config file.
    private static KeyPlace Meant(KeyPlace label) =>
        TargetGroupLabels.SettingOf(label.Key[(Labels.Length + 1)..]) is { } key ? label with { Key = key } : label;
}
