namespace ZmqExporter.Benchmarks.Soak;

/// <summary>The times of the soak's targets and servers.</summary>
internal static class SoakTimes
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(700);
    public static readonly TimeSpan LateAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>When a late server replies.</summary>
    public static readonly TimeSpan LateReply = TimeSpan.FromMilliseconds(350);

    /// <summary>When a stale reply is sent.</summary>
    public static readonly TimeSpan StaleReply = TimeSpan.FromMilliseconds(1100);

    /// <summary>After this the state must be the right one: three misses or two answers, a probe under way, and the longest back-off.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    /// <summary>The longest time in one mode, beyond <see cref="Settled"/>.</summary>
    public static readonly TimeSpan LongestStay = TimeSpan.FromSeconds(14);

    /// <summary>How late this process may itself be without its servers' lateness counting as theirs.</summary>
    public static readonly TimeSpan OwnLateness = TimeSpan.FromMilliseconds(60);
}
