using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>prober: listen</c>.</summary>
internal static class ListenProberBinder
{
    // Whoever pushes connects to the exporter.
    private static readonly ImmutableArray<string> OfConnections = ["security", "client", "max_connection_age"];

    /// <summary>The prober's keys in a module.</summary>
    public static KeyTable Keys { get; } = new("modules.*", ["startup_grace", "expect", "values", "heartbeat"]);

    /// <summary>The tables of the sections below.</summary>
    public static ImmutableArray<KeyTable> Parts { get; } = [HeartbeatBinder.Keys, .. ExpectBinder.Parts, .. ValueBinder.Parts];

    /// <summary>Binds the prober's keys of a module; null after an error.</summary>
    public static ProberConfig? Bind(ModuleChain chain)
    {
        var errors = chain.Sections[0].Value.Errors;
        var before = errors.Count;
        foreach (var key in chain.Sections.SelectMany(section => section.FindAll(OfConnections)))
        {
            key.Error(
                "does nothing here: those who push connect to the exporter",
                key.Path.EndsWith(".security", StringComparison.Ordinal) ? "remove it, and say who may push in heartbeat_listener.security" : "remove it");
        }

        var heartbeat = chain.Find("heartbeat") is null ? new HeartbeatConfig() : HeartbeatBinder.Read(chain, []);
        var feed = heartbeat is null ? null : SubscribeProberBinder.BindBeats(chain, heartbeat, ListenProberConfig.DefaultGrace);
        return errors.Count > before || feed is null ? null : new ListenProberConfig(feed) { Heartbeat = heartbeat, Values = feed.Values };
    }

    /// <summary>Reports a target that gives an endpoint to a module that connects nowhere.</summary>
    public static void CheckEndpoint(BoundModule module, ConfigValue? endpointAt, ConfigErrors errors)
    {
        if (module.Prober is ListenProberConfig && endpointAt is not null)
        {
            endpointAt.ReportingTo(errors).Error(
                $"module {Quoted.Plain(module.Name)} connects nowhere: its heartbeats are pushed to --heartbeat.listen-address",
                "remove endpoint, and list targets of such modules below targets, without other modules");
        }
    }
}
