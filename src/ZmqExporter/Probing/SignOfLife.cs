namespace ZmqExporter.Probing;

/// <summary>What showed that a publisher's process lives.</summary>
internal enum SignOfLife
{
    /// <summary>Nothing did.</summary>
    None,

    /// <summary>A message since the last probe.</summary>
    Message,

    /// <summary>The answer to a PING, or to what stands in its place with a client that sends none.</summary>
    Pong,

    /// <summary>A handshake during this probe.</summary>
    Handshake,
}
