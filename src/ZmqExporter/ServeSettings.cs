using ZmqExporter.Configuration;
using ZmqExporter.Http;
using ZmqExporter.Logging;
using Zmtp.Endpoints;

namespace ZmqExporter;

/// <summary>What the command line says about a run of the exporter.</summary>
/// <param name="ConfigFile">Path of the configuration.</param>
/// <param name="Listen">Where HTTP is served.</param>
/// <param name="Log">How it logs.</param>
internal sealed record ServeSettings(string ConfigFile, EquatableArray<ListenAddress> Listen, LogSettings Log)
{
    /// <summary>Path of the web config, or null for plain HTTP without authentication.</summary>
    public string? WebConfigFile { get; init; }

    /// <summary>Whether HTTP is served on the sockets that systemd has opened, and not on <see cref="Listen"/>.</summary>
    public bool UsesSystemdSockets { get; init; }

    /// <summary>The URL under which people reach the exporter; null when nobody said.</summary>
    public PublicUrl? ExternalUrl { get; init; }

    /// <summary>The URL of the Grafana that has the dashboards; null when nobody said.</summary>
    public PublicUrl? DashboardUrl { get; init; }

    /// <summary>Where heartbeats are taken that servers push; none for nowhere.</summary>
    public EquatableArray<ListenEndpoint> HeartbeatListen { get; init; } = [];

    /// <summary>Whether the config is reloaded when its files change.</summary>
    public bool AutoReload { get; init; }

    /// <summary>Which of the targets are probed.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>Whether HTTP requests may reload the config.</summary>
    public bool EnableLifecycle { get; init; }
}
