using System.CommandLine;
using ZmqExporter.Probing.OneShot;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter probe ENDPOINT|TARGET</c>: probes a server now and explains what it saw; <c>--all</c> probes all of a configuration.</summary>
internal static class ProbeCommand
{
    private const int FeedMessages = 3; // of a feed, without --show-frames

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var flags = new ProbeFlags();
        var command = new Command("probe", "Probe one server, or all of a configuration, and explain the verdict; exits as a Nagios plugin does: 0 OK, 1 late, 2 failed, 3 usage or unknown; of several probes a failed one tells, then a late one, then an unknown one");
        flags.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(flags, parsed, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ProbeFlags flags, ParseResult parsed, CancellationToken cancellation)
    {
        if (await ProbeSelection.ReadAsync(flags, parsed, cancellation) is not { } selection)
        {
            return ExitCode.Usage;
        }

        var timeout = parsed.GetValue(flags.Timeout);
        selection = selection with { Targets = [.. selection.Targets.Select(target => OneShotProbe.WithTimeout(target, timeout))] };
        var form = parsed.GetValue(flags.Json) ? ReportForm.Json : parsed.GetValue(flags.Nagios) ? ReportForm.Nagios : ReportForm.Text;
        var showsFrames = parsed.GetValue(flags.ShowFrames);
        var (isFull, hasModule) = (parsed.GetValue(flags.Full), selection.AreNamed || parsed.GetValue(flags.Module) is not null);
        var feedMessages = form == ReportForm.Nagios ? 0 : showsFrames ? parsed.GetValue(flags.Messages) : FeedMessages;
        using var session = new ProbeSession(selection.Targets, new ConversationDetail(isFull, showsFrames, feedMessages));
        await session.WarmUpAsync(cancellation);
        var report = new ProbeReport(selection.AreNamed, form, parsed.InvocationConfiguration.Output)
        {
            HasModule = hasModule,
            IsFull = isFull,
            Frames = showsFrames ? new FrameReport(isFull, selection.AreNamed, hasModule) : null,
        };
        var summary = parsed.GetValue(flags.All) || (form == ReportForm.Nagios && selection.Targets.Length > 1)
            ? await new ProbeAllRun(session, selection, form, report).RunAsync(cancellation)
            : await new ProbeRun(session, selection.Targets, parsed.GetValue(flags.Count), report).RunAsync(cancellation);
        if (summary.IsEmpty)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync("zmq_exporter: ended by a signal before the probe had a result");
        }

        if (form == ReportForm.Json && !summary.IsEmpty && summary.Incomplete is { } incomplete)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"zmq_exporter: {incomplete}"); // no line of a probe has a place for it
        }

        return summary.ExitCode;
    }
}
