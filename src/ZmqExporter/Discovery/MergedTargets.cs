using System.Collections.Immutable;
using ZmqExporter.Configuration;

namespace ZmqExporter.Discovery;

/// <summary>The targets of a config and of all its sources together. Immutable.</summary>
/// <param name="Targets">Those of the shard; of two with one name the first.</param>
/// <param name="Conflicts">Those that were left out, as errors, with the source that has them.</param>
internal sealed record MergedTargets(ImmutableArray<TargetConfig> Targets, ImmutableArray<(ITargetSource Source, ConfigError Error)> Conflicts)
{
    /// <value>What each target of a source sets itself, by its name.</value>
    public required IReadOnlyDictionary<string, EquatableArray<KeyPlace>> Listed { get; init; }

    /// <summary>Merges them: the config's own first, then the sources in their order.</summary>
    /// <param name="config">The config.</param>
    /// <param name="binding">How its lists are bound.</param>
    /// <param name="sources">The sources.</param>
    /// <param name="shard">Which targets are taken in the end. What is left out, because another target has its name, is the same in each shard.</param>
    public static MergedTargets Of(ExporterConfig config, TargetListBinding binding, IEnumerable<ITargetSource> sources, Shard shard)
    {
        var targets = ImmutableArray.CreateBuilder<TargetConfig>();
        targets.AddRange(config.Targets.Where(target => shard.Has(target.Name)));
        var places = new Dictionary<string, ConfigPlace>(binding.Places, StringComparer.Ordinal);
        var listed = new Dictionary<string, EquatableArray<KeyPlace>>(StringComparer.Ordinal);
        var conflicts = ImmutableArray.CreateBuilder<(ITargetSource, ConfigError)>();
        foreach (var source in sources)
        {
            foreach (var target in source.Targets)
            {
                if (!places.TryAdd(target.Name, target.Place))
                {
                    conflicts.Add((source, Conflict(target, places[target.Name])));
                }
                else if (shard.Has(target.Name))
                {
                    targets.AddRange(target.Configs);
                    listed.Add(target.Name, target.Own);
                }
            }
        }

        return new MergedTargets(targets.DrainToImmutable(), conflicts.DrainToImmutable()) { Listed = listed };
    }

    private static ConfigError Conflict(DiscoveredTarget target, ConfigPlace first) => target.Place == first ? OfOneFile(target) : new(
        target.Place.File,
        target.Place.Line,
        target.Place.Column,
        Path: "",
        $"the name {Quoted.Text(target.Name)} is taken by the target at {first}, and this one is left out",
        "give each target a name of its own with __zmq_name__, in a group of its own, or list several modules in one target");

    private static ConfigError OfOneFile(DiscoveredTarget target) => new(
        target.Place.File,
        target.Place.Line,
        target.Place.Column,
        Path: "",
        $"{Quoted.Text(target.Name)} is there twice, because two entries of target_files have this file, and counts once",
        "let each file be in one entry");
}
