using System.Collections.Immutable;

namespace ZmqExporter.Configuration.Reading;

/// <summary>Collects the errors of one load. Not thread-safe.</summary>
internal sealed class ConfigErrors
{
    private readonly List<ConfigError> _errors = [];
    private readonly HashSet<(YamlMark, string, string)> _seen = [];

    /// <summary>How many there are by now: a binder that sees this grow knows that something below it failed.</summary>
    public int Count => _errors.Count;

    /// <summary>Adds an error, once: a module is bound again for each module that extends it, and an alias for each use.</summary>
    public void Add(YamlMark mark, string path, string message, string remedy)
    {
        if (_seen.Add((mark, message, remedy)))
        {
            _errors.Add(new ConfigError(mark.File, mark.Line, mark.Column, path, message, remedy));
        }
    }

    /// <summary>All errors by file, line and column; those of one place in the order in which they were found.</summary>
    public ImmutableArray<ConfigError> ToSorted() =>
        [.. _errors.OrderBy(error => error.File, StringComparer.Ordinal).ThenBy(error => error.Line).ThenBy(error => error.Column)];
}
