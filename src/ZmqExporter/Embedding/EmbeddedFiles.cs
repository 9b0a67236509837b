using System.Collections.Immutable;
using System.IO.Compression;
using System.Reflection;

namespace ZmqExporter.Embedding;

/// <summary>
/// Files of the repository that are part of the executable: modules, docs, rules, dashboards and what the pages need. The build packs each with gzip
/// (PackedFiles.targets), which takes 0.7 MB off the native program. Thread-safe.
/// </summary>
internal static class EmbeddedFiles
{
    private static readonly Assembly Program = typeof(EmbeddedFiles).Assembly;

    /// <summary>The names of those whose names begin and end so, in the order of their bytes.</summary>
    public static ImmutableArray<string> Names(string prefix, string suffix = "") =>
    [
        .. Program.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(suffix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>What one holds, as it is in the repository.</summary>
    /// <exception cref="InvalidOperationException">There is none of this name.</exception>
    public static Stream Open(string name) => new GZipStream(
        Program.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not a part of this build"),
        CompressionMode.Decompress);

    /// <summary>The text of one.</summary>
    /// <exception cref="InvalidOperationException">There is none of this name.</exception>
    public static string ReadText(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }
}
