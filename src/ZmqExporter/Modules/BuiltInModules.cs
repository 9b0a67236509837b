using System.Collections.Immutable;
using ZmqExporter.Embedding;

namespace ZmqExporter.Modules;

/// <summary>The modules that come with the program: the YAML files of this directory, which are part of the executable.</summary>
internal static class BuiltInModules
{
    private const string Folder = "modules/";

    /// <summary>All of them by name.</summary>
    public static ImmutableArray<BuiltInModule> All { get; } =
        [.. EmbeddedFiles.Names(Folder).Select(static name => new BuiltInModule(name[Folder.Length..], EmbeddedFiles.ReadText(name)))];
}
