using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;

namespace ZmqExporter.Cli;

/// <summary>A probe's result in the way of a Nagios plugin, which <c>probe</c> follows with and without <c>--nagios</c>.</summary>
internal static class PluginVerdict
{
    /// <summary>What a verdict starts with: the outcome and, when there is one, the reason by its label.</summary>
    public static string Heading(ProbeResult result)
    {
        var word = ProbeVerdict.Word(result.Outcome).ToUpperInvariant();
        return result.Reason is { } reason ? $"{word} ({reason.Label()})" : word;
    }

    /// <summary>The exit code: 0 OK, 1 late, 2 failed, 3 we could not ask.</summary>
    public static int ExitCode(ProbeOutcome outcome) => outcome switch
    {
        ProbeOutcome.OnTime => 0,
        ProbeOutcome.Late => 1,
        ProbeOutcome.Miss => 2,
        _ => 3,
    };
}
