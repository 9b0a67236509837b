using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;
using ZmqExporter.Modules;

namespace ZmqExporter.Configuration.Binding;

/// <summary>The built-in modules as a config's binder needs them. Immutable and thread-safe.</summary>
internal static class BuiltInModuleConfigs
{
    /// <summary>Each one's mapping by name.</summary>
    public static ImmutableSortedDictionary<string, YamlMapping> All { get; } = BuiltInModules.All.ToImmutableSortedDictionary(
        module => module.Name, Read, StringComparer.Ordinal);

    // Each file is a config of its own with the one module in it, so that it can be printed, kept and changed.
    private static YamlMapping Read(BuiltInModule module)
    {
        var (root, problems) = YamlReader.Read(module.Text, $"{module.Name}.yml", text => new ScalarExpansion(text));
        return root is YamlMapping { Entries: [{ Key: "modules", Value: YamlMapping { Entries: [{ Value: YamlMapping mapping } entry] } }] }
            && entry.Key == module.Name
            ? mapping
            : throw new InvalidDataException($"The built-in module {module.Name} is broken: {string.Join("; ", problems.Select(problem => problem.Message))}");
    }
}
