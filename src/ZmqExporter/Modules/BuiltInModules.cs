using System.Collections.Immutable;
using System.Reflection;

namespace ZmqExporter.Modules;

/// <summary>The modules that come with the program: the YAML files of this directory, which are part of the executable.</summary>
internal static class BuiltInModules
{
    private const string Prefix = "ZmqExporter.Modules.";
    private const string Suffix = ".yml";

    /// <summary>All of them by name.</summary>
    public static ImmutableArray<BuiltInModule> All { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => new BuiltInModule(name[Prefix.Length..^Suffix.Length], Read(name))),
    ];

    private static string Read(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
