using Zmtp.Wire;

namespace ZmqExporter.Configuration;

/// <summary>Finds connections that a ROUTER would take for one and the same peer.</summary>
internal static class SharedRoutingIds
{
    /// <summary>A warning for each routing id that several targets, or several modules of one, have at the same endpoint.</summary>
    /// <param name="file">The config file.</param>
    /// <param name="targets">All targets, also those of files.</param>
    public static IEnumerable<ConfigError> Find(string file, IEnumerable<TargetConfig> targets) => targets
        .Where(target => target.Module.Prober is RequestProberConfig { RoutingId.IsEmpty: false })
        .GroupBy(target => (Endpoint: target.Endpoint.ToString(), ((RequestProberConfig)target.Module.Prober).RoutingId))
        .Where(group => group.Count() > 1)
        .Select(group => new ConfigError(
            file,
            Line: 0,
            Column: 0,
            "",
            $"{string.Join(" and ", group.Select(target => $"{Quoted.Plain(target.Name)} with module {Quoted.Plain(target.Module.Name)}").Take(3))}{(group.Count() > 3 ? " and others" : "")} have the routing_id {Excerpt.Of([.. group.Key.RoutingId])} at {group.Key.Endpoint}, and a ROUTER takes only the first of them",
            "give each module a routing_id of its own"));
}
