namespace ZmqExporter.Configuration;

/// <summary>Finds modules that are there for nothing.</summary>
internal static class UnusedModules
{
    /// <summary>A warning for each module of the file that no target uses and no module extends.</summary>
    /// <param name="config">The config.</param>
    /// <param name="origins">Where its modules stand.</param>
    /// <param name="targets">Its targets, also those of files.</param>
    public static IEnumerable<ConfigError> Find(ExporterConfig config, ConfigOrigins origins, IReadOnlyCollection<TargetConfig> targets)
    {
        // The targets of URLs, and who asks /probe, may use any of them; without targets, everything is unused.
        if (!config.TargetUrls.IsEmpty || !config.ProbeEndpoint.Allow.IsEmpty || targets.Count == 0)
        {
            return [];
        }

        var used = targets.Select(target => target.Module.Name).Concat(config.DefaultModules).ToHashSet(StringComparer.Ordinal);
        return origins.FileModules.Where(module => !module.IsExtended && !used.Contains(module.Name)).Select(module => new ConfigError(
            module.Place.File,
            module.Place.Line,
            module.Place.Column,
            Quoted.Path("modules", module.Name),
            "no target uses this module",
            $"add it to the modules of a target, or remove it"));
    }
}
