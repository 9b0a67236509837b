namespace ZmqExporter.Heartbeat;

/// <summary>What a server says of itself.</summary>
internal enum HeartbeatStatus
{
    /// <summary>It does its work.</summary>
    Serving,

    /// <summary>It lives, and does not do its work.</summary>
    NotServing,

    /// <summary>It does not know the service that it was asked for, or cannot tell.</summary>
    Unknown,
}

/// <summary>The names of <see cref="HeartbeatStatus"/> on the wire.</summary>
internal static class HeartbeatStatuses
{
    /// <summary>Reads one; null for other bytes.</summary>
    public static HeartbeatStatus? Read(ReadOnlySpan<byte> frame) =>
        frame.SequenceEqual("SERVING"u8) ? HeartbeatStatus.Serving
        : frame.SequenceEqual("NOT_SERVING"u8) ? HeartbeatStatus.NotServing
        : frame.SequenceEqual("UNKNOWN"u8) ? HeartbeatStatus.Unknown
        : null;
}
