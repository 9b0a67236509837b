namespace ZmqExporter.Scheduling;

/// <summary>How fast first probes may start. Each makes a connection, and very many at once would overrun us and the network.</summary>
internal static class StartPace
{
    private const int FirstProbesPerSecond = 1_000;

    /// <summary>Over how long the first probes of that many targets are spread, when their interval is not longer than it.</summary>
    public static TimeSpan SpreadOf(int targets) => TimeSpan.FromSeconds((double)targets / FirstProbesPerSecond);
}
