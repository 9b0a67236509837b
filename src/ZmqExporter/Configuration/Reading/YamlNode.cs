using System.Collections.Immutable;

namespace ZmqExporter.Configuration.Reading;

/// <summary>A value of a YAML document. Immutable; an alias is the very node of its anchor.</summary>
/// <param name="mark">Where the value starts.</param>
internal abstract class YamlNode(YamlMark mark)
{
    /// <summary>Where the value starts.</summary>
    public YamlMark Mark { get; } = mark;

    /// <summary>What this is, for error messages: "a list".</summary>
    public abstract string Kind { get; }

    /// <summary>Levels of nesting from here down, 1 for a scalar.</summary>
    public abstract int Height { get; }

    /// <summary>Rough cost of visiting everything below with its aliases expanded.</summary>
    public abstract long Weight { get; }
}

/// <summary>A single value. Not a record: a record would print the value, which may be a secret.</summary>
/// <param name="mark">Where the value starts.</param>
/// <param name="text">The value, with the environment's values in it.</param>
/// <param name="written">The value as the file has it.</param>
/// <param name="isQuoted">Whether it is quoted or a block scalar.</param>
/// <param name="isBroken">Whether it has been reported.</param>
internal sealed class YamlScalar(YamlMark mark, string text, string written, bool isQuoted, bool isBroken) : YamlNode(mark)
{
    private const int CharactersPerUnit = 100;

    /// <summary>The value, with the environment's values in it.</summary>
    public string Text { get; } = text;

    /// <summary>The value as the file has it: the one that may be shown.</summary>
    public string Written { get; } = written;

    /// <summary>Quoted or a block scalar: text, whatever it looks like.</summary>
    public bool IsQuoted { get; } = isQuoted;

    /// <summary>Whether it is in double quotes, in which a backslash begins an escape.</summary>
    public bool HasEscapes { get; init; }

    /// <value>The first escape of a character from U+0080 to U+00FF, such as <c>\xff</c>; null when there is none. Who writes it often means a byte.</value>
    public string? ByteEscape { get; init; }

    /// <summary>Already reported: readers keep quiet about it.</summary>
    public bool IsBroken { get; } = isBroken;

    /// <summary>Whether a part of the value came from the environment, and so may be a secret.</summary>
    public bool IsFromEnvironment => !string.Equals(Text, Written, StringComparison.Ordinal);

    /// <summary>YAML's null, or no value at all; a value from the environment is never null.</summary>
    public bool IsNull => !IsQuoted && !IsFromEnvironment && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <inheritdoc />
    public override string Kind => IsNull ? "nothing" : "a single value";

    /// <inheritdoc />
    public override int Height => 1;

    /// <inheritdoc />
    public override long Weight => 1 + (Text.Length / CharactersPerUnit);
}

/// <summary>A list.</summary>
internal sealed class YamlSequence(YamlMark mark, ImmutableArray<YamlNode> items) : YamlNode(mark)
{
    /// <summary>The items, in the order of the file.</summary>
    public ImmutableArray<YamlNode> Items { get; } = items;

    /// <inheritdoc />
    public override string Kind => "a list";

    /// <inheritdoc />
    public override int Height { get; } = 1 + items.Select(item => item.Height).DefaultIfEmpty().Max();

    /// <inheritdoc />
    public override long Weight { get; } = 1 + items.Sum(item => item.Weight);
}

/// <summary>A mapping whose keys differ, in the order of the file.</summary>
internal sealed class YamlMapping(YamlMark mark, ImmutableArray<YamlEntry> entries) : YamlNode(mark)
{
    /// <summary>The keys and their values, in the order of the file.</summary>
    public ImmutableArray<YamlEntry> Entries { get; } = entries;

    /// <inheritdoc />
    public override string Kind => "a mapping";

    /// <inheritdoc />
    public override int Height { get; } = 1 + entries.Select(entry => entry.Value.Height).DefaultIfEmpty().Max();

    /// <inheritdoc />
    public override long Weight { get; } = 1 + entries.Sum(entry => entry.Value.Weight);
}

/// <summary>A key of a mapping and its value.</summary>
internal sealed record YamlEntry(string Key, YamlMark KeyMark, YamlNode Value);
