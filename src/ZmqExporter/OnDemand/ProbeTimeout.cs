namespace ZmqExporter.OnDemand;

/// <summary>How long a probe may take whose asker waits for a limited time.</summary>
internal static class ProbeTimeout
{
    // What the answer needs to be written, sent and read.
    private static readonly TimeSpan Offset = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    /// <summary>The hard deadline: the module's, or what is left of the asker's time, at least half of it; never zero.</summary>
    /// <param name="module">The module's own.</param>
    /// <param name="scrapeSeconds">How long the asker waits, or null when it does not say. Not above zero is as good as not said.</param>
    public static TimeSpan Of(TimeSpan module, double? scrapeSeconds)
    {
        if (scrapeSeconds is not > 0 || scrapeSeconds - Offset.TotalSeconds >= module.TotalSeconds)
        {
            return module;
        }

        var left = TimeSpan.FromSeconds(Math.Max(scrapeSeconds.Value - Offset.TotalSeconds, scrapeSeconds.Value / 2));
        return left < Least ? Least : left < module ? left : module;
    }
}
