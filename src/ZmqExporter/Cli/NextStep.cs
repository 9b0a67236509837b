using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;

namespace ZmqExporter.Cli;

/// <summary>What to do about a verdict that leaves the question open. Only here: a server that is probed for good needs no advice to wait.</summary>
internal static class NextStep
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1); // of --timeout

    /// <summary>A half-sentence for the end of the verdict, or empty.</summary>
    public static string Of(TargetConfig target, ProbeResult result)
    {
        if (result is not { Outcome: ProbeOutcome.Pending, Reason: null } || target.Module.Prober is not SubscribeProberConfig feed)
        {
            return "";
        }

        // Beyond the grace, the probe ends with a message or as silent.
        var enough = TimeSpan.FromSeconds(Math.Floor(feed.StartupGrace.TotalSeconds) + 1);
        return target.Module.Timeout >= enough || enough > LongestTimeout
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"; to wait for one, use --timeout {enough.TotalSeconds:0}s");
    }
}
