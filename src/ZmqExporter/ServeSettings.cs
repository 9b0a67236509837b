using ZmqExporter.Http;
using ZmqExporter.Logging;

namespace ZmqExporter;

/// <summary>What the command line says about a run of the exporter.</summary>
/// <param name="ConfigFile">Path of the configuration.</param>
/// <param name="Listen">Where HTTP is served.</param>
/// <param name="Log">How it logs.</param>
internal sealed record ServeSettings(string ConfigFile, ListenAddress Listen, LogSettings Log)
{
    /// <summary>Whether the config is reloaded when its files change.</summary>
    public bool AutoReload { get; init; }

    /// <summary>Whether HTTP requests may reload the config.</summary>
    public bool EnableLifecycle { get; init; }
}
