using System.Collections.Immutable;

namespace ZmqExporter.Configuration.Reading;

/// <summary>The keys of one section: what is not here is an error, and what is here must be in the reference config.</summary>
/// <param name="Place">Where the reference config shows the section: its key path with * for a name and [*] for an item.</param>
/// <param name="Keys">The keys, in the order in which messages list them.</param>
internal sealed record KeyTable(string Place, ImmutableArray<string> Keys)
{
    /// <value>How keys begin that nobody reads, and that may hold whatever the user likes; null when there are none.</value>
    public string? FreePrefix { get; init; }

    /// <summary>The keys for a message.</summary>
    public string List => string.Join(", ", Keys);

    /// <summary>Whether a key may stand there.</summary>
    public bool Allows(string key) =>
        Keys.Contains(key, StringComparer.Ordinal) || (FreePrefix is not null && key.StartsWith(FreePrefix, StringComparison.Ordinal));

    /// <summary>This table with further keys.</summary>
    public KeyTable With(KeyTable more) => this with { Keys = [.. Keys, .. more.Keys] };
}
