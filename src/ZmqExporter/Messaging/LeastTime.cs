namespace ZmqExporter.Messaging;

/// <summary>How long somebody must have had for an answer before the lack of one says anything: a slow connect or an earlier step may have left next to nothing.</summary>
internal static class LeastTime
{
    /// <summary>An eighth of the time of a probe.</summary>
    public static TimeSpan Of(TimeSpan timeout) => timeout / 8;
}
