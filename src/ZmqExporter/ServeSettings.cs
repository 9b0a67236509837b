using ZmqExporter.Http;
using ZmqExporter.Logging;

namespace ZmqExporter;

/// <summary>What the command line says about a run of the exporter.</summary>
/// <param name="ConfigFile">Path of the configuration.</param>
/// <param name="Listen">Where HTTP is served.</param>
/// <param name="Log">How it logs.</param>
internal sealed record ServeSettings(string ConfigFile, ListenAddress Listen, LogSettings Log);
