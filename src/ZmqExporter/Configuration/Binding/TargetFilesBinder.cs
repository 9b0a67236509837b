using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>target_files</c>.</summary>
internal static class TargetFilesBinder
{
    private static readonly ImmutableArray<string> Endings = [".yml", ".yaml", ".json"];

    /// <summary>Binds the list; bad entries are reported and left out.</summary>
    public static ImmutableArray<TargetFilesConfig> Bind(ConfigValue? list, BindingContext context)
    {
        var files = ImmutableArray.CreateBuilder<TargetFilesConfig>();
        foreach (var value in list?.ReadItems("write - targets/*.yml below it, or []") ?? [])
        {
            if (value.ReadText("write the path of a file, such as targets/*.yml") is { } pattern && Check(value, pattern))
            {
                var file = new TargetFilesConfig(value.Node is YamlScalar scalar ? scalar.Written : pattern, Path.Combine(context.Directory, pattern));
                if (files.Contains(file))
                {
                    value.Error($"{value.Shown} is listed twice", "remove one of the two");
                }

                files.Add(file);
            }
        }

        return files.DrainToImmutable();
    }

    private static bool Check(ConfigValue value, string pattern)
    {
        if (!Endings.Any(ending => pattern.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
        {
            value.Error($"{value.Shown} does not end with {string.Join(", ", Endings[..^1])} or {Endings[^1]}", "name files that do: the ending tells the format");
            return false;
        }

        if (Path.GetDirectoryName(pattern)?.Contains('*', StringComparison.Ordinal) == true)
        {
            value.Error($"{value.Shown} has a * in a directory's name", "write it in the file's name alone, and an entry for each directory");
            return false;
        }

        return true;
    }
}
