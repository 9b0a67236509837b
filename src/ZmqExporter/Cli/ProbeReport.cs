using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Probing.OneShot;
using ZmqExporter.Teaching;

namespace ZmqExporter.Cli;

/// <summary>Prints probes in the form that the command line asks for. Not thread-safe.</summary>
/// <param name="areNamed">Whether they are targets of a configuration.</param>
/// <param name="form">The form.</param>
/// <param name="output">Where they are printed.</param>
internal sealed class ProbeReport(bool areNamed, ReportForm form, TextWriter output)
{
    /// <summary>Whether a module has a name that somebody gave to it.</summary>
    public bool HasModule { get; init; } = true;

    /// <summary>Whether frames are shown as a whole.</summary>
    public bool IsFull { get; init; }

    /// <summary>Shows messages frame by frame; null when nobody asks for it.</summary>
    public FrameReport? Frames { get; init; }

    /// <summary>What will be probed.</summary>
    public void Begin(TargetConfig target)
    {
        Frames?.Begin(target);
        var module = target.Module;
        if (form == ReportForm.Text)
        {
            var ways = target.ReturnEndpoint is { } back ? $"{target.Endpoint} to {back}" : $"{target.Endpoint}";
            output.WriteLine(areNamed
                ? $"{target.Name}: {ways} (module {module.Name}: {module.Prober.Name}, timeout {ProbeVerdict.Show(module.Timeout)})"
                : $"{ways} ({module.Prober.Name}, timeout {ProbeVerdict.Show(module.Timeout)})");
        }
    }

    /// <summary>A probe has ended.</summary>
    public void Add(ProbeConversation conversation)
    {
        var (target, result) = (conversation.Target, conversation.Result);
        ImmutableArray<SeenMessage> messages = Frames?.Add(conversation) ?? [];
        switch (form)
        {
            case ReportForm.Json:
                var json = ProbeJson.Of(conversation, NextStep.Of(target, result)) with
                {
                    ExitCode = PluginVerdict.ExitCode(result.Outcome),
                    Target = areNamed ? target.Name : null,
                    Module = HasModule ? target.Module.Name : null,
                    Messages = Frames is null ? null : [.. messages.Select(message => MessageJson.Of(message, IsFull))],
                    Proposals = Frames?.ProposalsJson(),
                };
                output.WriteLine(json.ToLine());
                break;
            case ReportForm.Nagios:
                output.WriteLine(NagiosLine.Of(target, result));
                break;
            default:
                ProbeText.Write(output, conversation, Frames?.Lines(messages));
                break;
        }
    }

    /// <summary>All probes of a target have ended.</summary>
    public void EndTarget()
    {
        if (form == ReportForm.Text)
        {
            foreach (var line in Frames?.Proposals() ?? [])
            {
                output.WriteLine(line);
            }
        }
    }

    /// <summary>All probes have ended.</summary>
    public void End(ProbeSummary summary)
    {
        if (form == ReportForm.Text && (summary.Count > 1 || (summary.Incomplete is not null && !summary.IsEmpty)))
        {
            output.WriteLine(summary.ToString());
        }
    }

    /// <summary>A line of any kind.</summary>
    public void WriteLine(string line) => output.WriteLine(line);
}
