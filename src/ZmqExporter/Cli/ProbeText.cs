using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;

namespace ZmqExporter.Cli;

/// <summary>Prints a probe for people.</summary>
internal static class ProbeText
{
    /// <summary>Phases, frames and the verdict in words.</summary>
    /// <param name="output">Where it is printed.</param>
    /// <param name="conversation">All that was seen.</param>
    /// <param name="frames">The messages, frame by frame, or null.</param>
    public static void Write(TextWriter output, ProbeConversation conversation, IEnumerable<string>? frames = null)
    {
        var (target, result) = (conversation.Target, conversation.Result);
        foreach (var entry in conversation.Entries)
        {
            output.WriteLine($"  {entry}");
        }

        foreach (var line in frames ?? [])
        {
            output.WriteLine($"  {line}");
        }

        foreach (var (phase, duration) in conversation.Phases)
        {
            output.WriteLine($"  {phase,-10} {ProbeVerdict.Show(duration)}{Note(phase, result)}");
        }

        foreach (var line in conversation.Lines)
        {
            output.WriteLine($"  {line}");
        }

        foreach (var sample in result.Values?.Samples ?? [])
        {
            output.WriteLine($"  value      {sample}");
        }

        output.WriteLine($"{PluginVerdict.Heading(result)}: {ProbeVerdict.Sentence(target, result)}{NextStep.Of(target, result)}");
    }

    // A PING goes out while a request waits for its reply: the two times overlap.
    private static string Note(string phase, ProbeResult result) =>
        phase == "ping" && result.Phases.Request is not null ? "  (meanwhile: part of the request's time)" : "";
}
