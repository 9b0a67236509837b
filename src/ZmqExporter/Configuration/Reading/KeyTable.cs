using System.Collections.Immutable;

namespace ZmqExporter.Configuration.Reading;

/// <summary>The keys of one section: what is not here is an error, and what is here must be in the reference config.</summary>
/// <param name="Place">Where the reference config shows the section: its key path with * for a name and [*] for an item.</param>
/// <param name="Keys">The keys, in the order in which messages list them.</param>
internal sealed record KeyTable(string Place, ImmutableArray<string> Keys)
{
    /// <summary>The keys for a message.</summary>
    public string List => string.Join(", ", Keys);

    /// <summary>This table with further keys.</summary>
    public KeyTable With(KeyTable more) => this with { Keys = [.. Keys, .. more.Keys] };
}
