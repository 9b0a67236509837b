using System.Collections.Immutable;
using ZmqExporter.Embedding;

namespace ZmqExporter.Mixin;

/// <summary>A file with its text.</summary>
/// <param name="Name">Its name, without a directory.</param>
/// <param name="Text">What it holds.</param>
internal sealed record MixinFile(string Name, string Text);

/// <summary>The rule files and dashboards of the repository, which are part of the executable.</summary>
internal static class MixinSources
{
    private const string Folder = "mixin/";

    /// <summary>The rule files by name.</summary>
    public static ImmutableArray<MixinFile> Rules { get; } = Read(".yml");

    /// <summary>The dashboards by name.</summary>
    public static ImmutableArray<MixinFile> Dashboards { get; } = Read(".json");

    /// <summary>The names of all alerts.</summary>
    public static ImmutableArray<string> Alerts { get; } =
    [
        .. Rules.SelectMany(file => RuleChunk.Cut(file.Text)).Where(chunk => chunk.IsAlert).Select(chunk => chunk.Name)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    private static ImmutableArray<MixinFile> Read(string suffix) =>
        [.. EmbeddedFiles.Names(Folder, suffix).Select(static name => new MixinFile(name[Folder.Length..], EmbeddedFiles.ReadText(name)))];
}
