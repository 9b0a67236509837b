
namespace ZmqExporter.Configuration.Reading;

/// <summary>A mapping whose keys the program knows.</summary>
internal sealed class Section
{
    private readonly YamlMapping _mapping;
    private readonly ConfigErrors _errors;

    private Section(ConfigValue value, YamlMapping mapping)
    {
        _mapping = mapping;
        _errors = value.Errors;
        Value = value;
    }

    /// <summary>The mapping itself.</summary>
    public ConfigValue Value { get; }

    /// <summary>Whether <see cref="CheckKeys"/> found any: what is missing may be one of them, mistyped.</summary>
    public bool HasUnknownKeys { get; private set; }

    /// <summary>Whether more belongs to it that could not be found: then nothing is missing in it.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Opens a mapping and reports every key that is not in the table; null after an error when it is no mapping.</summary>
    public static Section? Open(ConfigValue value, KeyTable table)
    {
        var section = Open(value, $"write its keys below it: {table.List}");
        section?.CheckKeys(table);
        return section;
    }

    /// <summary>Opens a mapping whose keys are checked later; null after an error when it is no mapping.</summary>
    public static Section? Open(ConfigValue value, string remedy)
    {
        if (value.Node is YamlMapping mapping)
        {
            return new Section(value, mapping);
        }

        value.WrongType("a mapping", remedy);
        return null;
    }

    /// <summary>The same section, in which nothing is missing.</summary>
    public Section AsPartial() => new(Value, _mapping) { IsPartial = true };

    /// <summary>Reports every key that is not in the table.</summary>
    /// <param name="table">What is known here.</param>
    /// <param name="owner">What to say of a key that other sections have, or null. When there is nothing to say, the key was mistyped.</param>
    public void CheckKeys(KeyTable table, Func<string, (string Message, string Remedy)?>? owner = null)
    {
        foreach (var entry in _mapping.Entries.Where(entry => !table.Allows(entry.Key)))
        {
            HasUnknownKeys = true;
            var (message, remedy) = owner?.Invoke(entry.Key) ?? (
                TypographicText.SpaceIn(entry.Key) is { } space ? $"unknown key, with {space} in it" : "unknown key",
                Suggestion.Remedy(entry.Key, table.Keys, "known keys"));
            _errors.Add(entry.KeyMark, PathOf(entry.Key), message, remedy);
        }
    }

    /// <summary>The value of a key, or null when the key is not there.</summary>
    public ConfigValue? Find(string key)
    {
        foreach (var entry in _mapping.Entries)
        {
            if (entry.Key == key)
            {
                return new ConfigValue(entry.Value, PathOf(key), _errors);
            }
        }

        return null;
    }

    /// <summary>The value of a key, or null after an error that it is missing.</summary>
    public ConfigValue? Require(string key, string remedy)
    {
        if (Find(key) is { } value)
        {
            return value;
        }

        if (!IsPartial)
        {
            _errors.Add(_mapping.Mark, PathOf(key), "is missing", remedy);
        }

        return null;
    }

    /// <summary>Those of the keys that are there, in the order of the file.</summary>
    public IEnumerable<ConfigValue> FindAll(IReadOnlyCollection<string> keys) => _mapping.Entries
        .Where(entry => keys.Contains(entry.Key, StringComparer.Ordinal))
        .Select(entry => new ConfigValue(entry.Value, PathOf(entry.Key), _errors));

    private string PathOf(string key) => Quoted.Path(Value.Path, key);
}
