using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace ZmqExporter.Configuration.Reading;

/// <summary>Finds values that are valid and most likely not what their writer meant.</summary>
internal static partial class SuspiciousText
{
    private static readonly ImmutableArray<string> Payloads = ["send", "topics", "equals"];

    // A topic may well begin with $SYS, and a request with $GPGGA.
    private static readonly ImmutableArray<string> FreeText = ["send", "topics", "expect", "until", "steps"];

    /// <summary>All of them, by place.</summary>
    public static EquatableArray<ConfigError> Find(YamlNode root)
    {
        var warnings = new ConfigErrors();
        Visit(root, "", key: "", isFree: false, warnings);
        return warnings.ToSorted();
    }

    private static void Visit(YamlNode node, string path, string key, bool isFree, ConfigErrors warnings)
    {
        switch (node)
        {
            case YamlMapping mapping:
                foreach (var entry in mapping.Entries)
                {
                    Visit(entry.Value, Quoted.Path(path, entry.Key), entry.Key, isFree || FreeText.Contains(entry.Key, StringComparer.Ordinal), warnings);
                }

                break;
            case YamlSequence list:
                for (var i = 0; i < list.Items.Length; i++)
                {
                    Visit(list.Items[i], Quoted.Path(path, i), key, isFree, warnings);
                }

                break;
            case YamlScalar scalar:
                if (Complaint(scalar, key, isFree) is var (message, remedy))
                {
                    warnings.Add(scalar.Mark, path, message, remedy);
                }

                break;
        }
    }

    private static (string Message, string Remedy)? Complaint(YamlScalar scalar, string key, bool isFree)
    {
        return (!isFree && Typos.IsVariable(scalar) ? Typos.InVariable(scalar, key) : null)
            ?? Typos.InQuotes(scalar)
            ?? (isFree || SecretKeys.Contains(key) ? null : Typos.InSpaces(scalar))
            ?? (Payloads.Contains(key, StringComparer.Ordinal) && !scalar.HasEscapes && Escape.Match(scalar.Written) is { Success: true } match
                ? ($"{match.Value} is not replaced here, and stands for its {match.Length} characters", "put the value in double quotes, in which it is, or write {hex: ..}")
                : null);
    }

    [GeneratedRegex(@"\\(?:x[0-9A-Fa-f]{2}|[0nrt](?![0-9A-Za-z]))", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Escape { get; }
}
