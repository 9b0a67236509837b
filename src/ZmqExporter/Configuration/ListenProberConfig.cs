namespace ZmqExporter.Configuration;

/// <summary><c>prober: listen</c>: waits for heartbeats that a server pushes to the exporter.</summary>
/// <param name="Feed">What is done with them, as with those of a feed; its <c>StartupGrace</c> is the time until the first one.</param>
internal sealed record ListenProberConfig(SubscribeProberConfig Feed) : ProberConfig
{
    /// <summary>The default of <c>startup_grace</c>: one minute.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromMinutes(1);

    /// <inheritdoc />
    public override string Name => "listen";

    /// <inheritdoc />
    public override bool OnlyOwnClient => true;

    /// <summary>The service whose heartbeats a target of this name waits for.</summary>
    public string ServiceOf(string target) => Heartbeat is { Service.Length: > 0 } heartbeat ? heartbeat.Service : target;
}
