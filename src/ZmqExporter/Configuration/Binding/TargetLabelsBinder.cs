using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds the <c>labels</c> of a target.</summary>
internal static class TargetLabelsBinder
{
    /// <summary>Binds a mapping of labels; bad ones are reported and left out.</summary>
    public static EquatableMap<string> Bind(ConfigValue mapping)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (entry, value) in mapping.ReadEntries("write name: value below it") ?? [])
        {
            if (Complaint(entry.Key) is var (message, remedy))
            {
                mapping.Errors.Add(entry.KeyMark, value.Path, message, remedy);
            }

            if (value.ReadText("write the label's value, or remove the label") is { } text)
            {
                if (text.Length == 0)
                {
                    value.Error("the value is empty, which to Prometheus is no label at all", "write a value, or remove the label");
                }

                labels[entry.Key] = text;
            }
        }

        return labels.ToImmutable();
    }

    private static (string Message, string Remedy)? Complaint(string name)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || name.Any(c => !IsLabelCharacter(c)))
        {
            var mended = string.Concat(name.Select(c => IsLabelCharacter(c) ? c : '_'));
            mended = mended.Length == 0 || char.IsAsciiDigit(mended[0]) ? $"_{mended}" : mended;
            return ("this is not a label name: letters, digits and underscores, and no digit first", $"write {Quoted.Plain(mended)}");
        }

        if (name.StartsWith("__", StringComparison.Ordinal))
        {
            return ("names that start with __ belong to Prometheus", "remove the underscores");
        }

        return TargetLabels.Reserved.Contains(name)
            ? ("the exporter or Prometheus sets this label itself", $"choose another name, such as my_{name}")
            : null;
    }

    private static bool IsLabelCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
