namespace ZmqExporter.Metrics.Exposition;

/// <summary>Instants as all formats show them.</summary>
internal static class UnixSeconds
{
    /// <summary>Seconds since 1970, to the millisecond.</summary>
    public static double ToUnixSeconds(this DateTimeOffset instant) => instant.ToUnixTimeMilliseconds() / 1000.0;
}
