using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>What <c>defaults</c> says about targets alone.</summary>
/// <param name="Labels">The labels that every target has unless it sets them itself.</param>
/// <param name="Modules">The modules of targets that name none; null when the section does not say. Unknown ones are left out.</param>
internal sealed record TargetDefaults(EquatableMap<string> Labels, ImmutableArray<string>? Modules)
{
    /// <summary>Says nothing.</summary>
    public static TargetDefaults Empty { get; } = new(EquatableMap<string>.Empty, null);

    /// <summary>Reads the section.</summary>
    public static TargetDefaults Read(Section? defaults, ModuleCatalog catalog) => defaults is null ? Empty : new(
        defaults.Find("labels") is { } labels ? TargetLabelsBinder.Bind(labels) : EquatableMap<string>.Empty,
        defaults.Find("modules") is { } modules ? ReadModules(modules, catalog) : null);

    /// <summary>The labels of a target.</summary>
    /// <param name="own">Those that it sets itself.</param>
    public EquatableMap<string> With(EquatableMap<string> own)
    {
        if (Labels.Count == 0 || own.Count == 0)
        {
            return own.Count == 0 ? Labels : own;
        }

        var all = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        all.AddRange(Labels.Where(label => !own.ContainsKey(label.Key)));
        all.AddRange(own);
        return all.ToImmutable();
    }

    // No modules at all are what it says without the key, too.
    private static ImmutableArray<string>? ReadModules(ConfigValue value, ModuleCatalog catalog) =>
        value.ReadItems("write modules: [NAME]") is { IsEmpty: false } items ? ModuleNames.Read(items, catalog) : null;
}
