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

    /// <summary>Why nobody but the exporter that listens can tell how such a target is, after its subject.</summary>
    public const string OnlyListener =
        "waits for heartbeats that are pushed to the exporter (prober: listen), so that there is nothing to connect to: its page, GET /api/v1/targets and zmq_exporter watch tell how it is";

    /// <summary>The service whose heartbeats a target of this name waits for.</summary>
    public string ServiceOf(string target) => Heartbeat is { Service.Length: > 0 } heartbeat ? heartbeat.Service : target;
}
