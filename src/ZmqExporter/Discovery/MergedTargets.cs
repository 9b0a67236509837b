using System.Collections.Immutable;
using ZmqExporter.Configuration;

namespace ZmqExporter.Discovery;

/// <summary>The targets of a config and of all its sources together. Immutable.</summary>
/// <param name="Targets">All of them; of two with one name the first.</param>
/// <param name="Conflicts">Those that were left out, as errors, with the source that has them.</param>
internal sealed record MergedTargets(ImmutableArray<TargetConfig> Targets, ImmutableArray<(ITargetSource Source, ConfigError Error)> Conflicts)
{
    /// <summary>Merges them: the config's own first, then the sources in their order.</summary>
    public static MergedTargets Of(ExporterConfig config, TargetListBinding binding, IEnumerable<ITargetSource> sources)
    {
        var targets = ImmutableArray.CreateBuilder<TargetConfig>();
        targets.AddRange(config.Targets);
        var places = new Dictionary<string, ConfigPlace>(binding.Places, StringComparer.Ordinal);
        var conflicts = ImmutableArray.CreateBuilder<(ITargetSource, ConfigError)>();
        foreach (var source in sources)
        {
            foreach (var target in source.Targets)
            {
                if (places.TryAdd(target.Name, target.Place))
                {
                    targets.AddRange(target.Configs);
                }
                else
                {
                    conflicts.Add((source, Conflict(target, places[target.Name])));
                }
            }
        }

        return new MergedTargets(targets.DrainToImmutable(), conflicts.DrainToImmutable());
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
