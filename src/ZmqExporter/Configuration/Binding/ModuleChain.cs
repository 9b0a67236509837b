using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>A module and those that it extends.</summary>
/// <param name="Name">The module's name.</param>
/// <param name="Sections">The module first, then its parent, and so on; at least one.</param>
internal sealed record ModuleChain(string Name, ImmutableArray<Section> Sections)
{
    /// <value>Whether one of those that it extends could not be found, which has been reported.</value>
    public bool IsPartial => Sections[0].IsPartial;

    /// <value>The name of each of them, and whether it came with the program.</value>
    public ImmutableArray<(string Name, bool IsBuiltIn)> Members { get; init; } = [];

    /// <summary>The value of a key from the nearest section that has it, as a whole; null when none has.</summary>
    public ConfigValue? Find(string key) => Sections.Select(section => section.Find(key)).FirstOrDefault(value => value is not null);
}
