using System.Collections.Immutable;

namespace ZmqExporter.Configuration.Reading;

/// <summary>A value of the document with its key path: what the binders read and complain about.</summary>
/// <param name="Node">The value.</param>
/// <param name="Path">Its key path.</param>
/// <param name="Errors">Where errors go.</param>
internal sealed record ConfigValue(YamlNode Node, string Path, ConfigErrors Errors)
{
    /// <summary>Whether an error about this value has been reported before it was bound.</summary>
    public bool IsBroken => Node is YamlScalar { IsBroken: true };

    /// <summary>Whether a part of the value came from the environment, so that it must not be shown.</summary>
    public bool IsFromEnvironment => Node is YamlScalar { IsFromEnvironment: true };

    /// <summary>The value for a message, as the file has it: a value from the environment may be a secret.</summary>
    public string Shown => Node is not YamlScalar scalar ? Node.Kind
        : scalar.IsFromEnvironment ? $"{Quoted.Text(scalar.Written)} (expanded)"
        : Quoted.Text(scalar.Text);

    /// <summary>The same value, whose errors go elsewhere: they concern something that is bound after its config was.</summary>
    public ConfigValue ReportingTo(ConfigErrors errors) => ReferenceEquals(errors, Errors) ? this : this with { Errors = errors };

    /// <summary>Reports an error at the value.</summary>
    public void Error(string message, string remedy)
    {
        if (!IsBroken)
        {
            // What somebody wrote by mistake is the cause, and what it led to is not worth a word.
            var typo = Node is YamlScalar scalar ? Typos.In(scalar, Path[(Path.LastIndexOf('.') + 1)..]) : null;
            Errors.Add(Node.Mark, Path, typo?.Message ?? message, typo?.Remedy ?? remedy);
        }
    }

    /// <summary>Reports that the value is of another type.</summary>
    /// <param name="wanted">What it must be: "a list".</param>
    /// <param name="remedy">What to write instead.</param>
    public void WrongType(string wanted, string remedy) => Error(
        Node is YamlScalar { IsNull: true } ? $"has no value, and must be {wanted}"
        : Path.Length == 0 ? $"the document must be {wanted}, not {Node.Kind}"
        : $"must be {wanted}, not {Node.Kind}",
        remedy);

    /// <summary>The value as text, or null after an error.</summary>
    /// <param name="remedy">What to write instead.</param>
    public string? ReadText(string remedy)
    {
        if (Node is not YamlScalar scalar)
        {
            WrongType("a single value", remedy);
            return null;
        }

        if (scalar.IsNull)
        {
            Error(scalar.Text.Length == 0 ? "has no value" : $"has no value: a bare {scalar.Text} is \"nothing\" in YAML", remedy);
            return null;
        }

        return scalar.IsBroken ? null : scalar.Text;
    }

    /// <summary>The items of a list, or null after an error.</summary>
    /// <param name="remedy">What to write instead.</param>
    public ImmutableArray<ConfigValue>? ReadItems(string remedy)
    {
        if (Node is not YamlSequence list)
        {
            WrongType("a list", remedy);
            return null;
        }

        return [.. list.Items.Select((item, index) => new ConfigValue(item, Quoted.Path(Path, index), Errors))];
    }

    /// <summary>The entries of a mapping whose keys are names that the user chose, or null after an error.</summary>
    /// <param name="remedy">What to write instead.</param>
    public ImmutableArray<(YamlEntry Entry, ConfigValue Value)>? ReadEntries(string remedy)
    {
        if (Node is not YamlMapping mapping)
        {
            WrongType("a mapping", remedy);
            return null;
        }

        return [.. mapping.Entries.Select(entry => (entry, new ConfigValue(entry.Value, Quoted.Path(Path, entry.Key), Errors)))];
    }
}
