using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;

namespace ZmqExporter.Cli;

/// <summary>A probe's result as the one line that a Nagios plugin prints: the verdict, and figures behind a bar.</summary>
internal static class NagiosLine
{
    /// <summary>The line.</summary>
    public static string Of(TargetConfig target, ProbeResult result)
    {
        // The first bar begins the figures, and a server's text must not.
        var verdict = $"{PluginVerdict.Heading(result)}: {ProbeVerdict.Sentence(target, result)}{NextStep.Of(target, result)}".Replace('|', '/');
        var module = target.Module;
        return result.RoundTrip is { } roundTrip
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{verdict} | round_trip={roundTrip.TotalSeconds:0.######}s;{module.Policy.LateAfter.TotalSeconds:0.######};{module.Timeout.TotalSeconds:0.######};0")
            : verdict;
    }
}
