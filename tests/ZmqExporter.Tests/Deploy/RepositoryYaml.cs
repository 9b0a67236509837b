using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace ZmqExporter.Tests.Deploy;

/// <summary>YAML files of the repository, as JSON.</summary>
internal static class RepositoryYaml
{
    /// <summary>A file with one document, its anchors put in.</summary>
    public static JsonElement Read(string path)
    {
        var parser = new MergingParser(new Parser(new StringReader(Repository.Read(path))));
        var yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(parser);
        using var json = JsonDocument.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(yaml!));
        return json.RootElement.Clone();
    }

    /// <summary>The files below a directory, by their paths from the root.</summary>
    public static IReadOnlyList<string> Below(string directory, string pattern) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, directory), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The texts of a list; none without the list.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement parent, string key) =>
        parent.TryGetProperty(key, out var list) ? [.. list.EnumerateArray().Select(item => item.GetString()!)] : [];
}
