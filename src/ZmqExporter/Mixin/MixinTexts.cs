using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Mixin;

/// <summary>Reads the texts of a file of parameters. What it lets through means nothing to YAML, JSON or the templates of annotations.</summary>
internal static class MixinTexts
{
    // What rules group by, or alerts set, already.
    private static readonly string[] OwnLabels =
        ["alertname", "alertstate", "burn", "endpoint", "event", "instance", "job", "le", "mapping", "module", "reason", "severity", "shard", "source", "state", "target", "to"];

    /// <summary>Reads where something is; null when it is not set, and after an error.</summary>
    /// <param name="value">The value, or null.</param>
    /// <param name="mayHaveFile">Whether it names a page to which an anchor is added; without, a slash at its end is dropped.</param>
    public static string? ReadUrl(ConfigValue? value, bool mayHaveFile)
    {
        const string Remedy = "write a URL such as https://host.example/path";
        if (value?.ReadText(Remedy) is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || text.Any(IsSpecial))
        {
            value.Error($"{value.Shown} is not an http or https URL", Remedy);
            return null;
        }

        if (text.Contains('#', StringComparison.Ordinal) || (!mayHaveFile && text.Contains('?', StringComparison.Ordinal)))
        {
            value.Error("more is written behind it, so that it must end with a path", Remedy);
            return null;
        }

        return mayHaveFile ? text : text.TrimEnd('/');
    }

    /// <summary>Reads the name of a label for clusters; null when it is not set, and after an error.</summary>
    public static string? ReadClusterLabel(ConfigValue? value)
    {
        const string Remedy = "write the name of a label such as cluster or prometheus";
        if (value?.ReadText(Remedy) is not { } text)
        {
            return null;
        }

        if (!IsLabelName(text))
        {
            value.Error($"{value.Shown} is not a label name: letters, digits and underscores, and no digit first", Remedy);
            return null;
        }

        if (OwnLabels.Contains(text, StringComparer.Ordinal))
        {
            value.Error($"the rules use the label {value.Shown} already", Remedy);
            return null;
        }

        return text;
    }

    /// <summary>Reads a severity; null when it is not set, and after an error.</summary>
    public static string? ReadSeverity(ConfigValue? value)
    {
        const string Remedy = "write a word such as critical";
        if (value?.ReadText(Remedy) is not { } text)
        {
            return null;
        }

        if (text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            return text;
        }

        value.Error($"{value.Shown} is not a word of letters, digits, hyphens and underscores", Remedy);
        return null;
    }

    /// <summary>Reads labels for each alert; bad ones are reported and left out.</summary>
    public static EquatableMap<string> ReadLabels(ConfigValue mapping)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (entry, value) in mapping.ReadEntries("write name: value below it") ?? [])
        {
            if (!IsLabelName(entry.Key))
            {
                mapping.Errors.Add(entry.KeyMark, value.Path, "this is not a label name: letters, digits and underscores, and no digit first", "choose another name");
            }
            else if (OwnLabels.Contains(entry.Key, StringComparer.Ordinal))
            {
                mapping.Errors.Add(entry.KeyMark, value.Path, "the rules or the series set this label themselves", "choose another name");
            }

            if (value.ReadText("write the label's value, or remove the label") is not { } text)
            {
                continue;
            }

            if (text.Length == 0 || text.Any(char.IsControl) || text.Contains("{{", StringComparison.Ordinal))
            {
                value.Error($"{value.Shown} is not a plain text on one line", "write one without {{, or remove the label");
            }

            labels[entry.Key] = text;
        }

        return labels.ToImmutable();
    }

    private static bool IsSpecial(char c) => char.IsControl(c) || char.IsWhiteSpace(c) || c is '"' or '\'' or '{' or '}' or '<' or '>' or '\\' or '`';

    private static bool IsLabelName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !name.StartsWith("__", StringComparison.Ordinal);
}
