using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;
using Zmtp;

namespace ZmqExporter.Cli;

/// <summary>One or more probes of one target from the command line.</summary>
internal sealed class ProbeRun(TargetConfig target, int count, ReportForm form, TextWriter output, TextWriter error)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ProbeSummary _summary = new();

    /// <summary>Probes and prints.</summary>
    /// <param name="cancellation">Ends it early: then the probes tell that have ended by then.</param>
    /// <returns>The exit code of all of them: <see cref="ProbeSummary.ExitCode"/>.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        using var timers = new TimerQueue(TimeProvider.System);
        var context = new ZmtpContext(timers, new NameResolver());
        var client = new ZmtpClient(context);
        using var netMq = new NetMqClient(client, context, new WorkerSettings(NullLogger.Instance));
        var probers = new ProberFactory(client, TimeProvider.System, netMq);
        await Warmup.RunAsync(probers, [target], cancellation);
        using var probe = new OneShotProbe(probers, target);
        if (form == ReportForm.Text)
        {
            await output.WriteLineAsync($"{target.Endpoint} ({target.Module.Prober.Name}, timeout {ProbeVerdict.Show(target.Module.Timeout)})");
        }

        var ended = 0;
        while (ended < count && await WaitAsync(isFirst: ended == 0, cancellation))
        {
            var conversation = await probe.ProbeAsync(cancellation);
            if (cancellation.IsCancellationRequested)
            {
                break; // what it says then means nothing
            }

            ended++;
            _summary.Add(conversation.Result);
            await WriteAsync(conversation);
        }

        if (ended == 0)
        {
            await error.WriteLineAsync("zmq_exporter: ended by a signal before the probe had a result");
            return PluginVerdict.ExitCode(ProbeOutcome.LocalError);
        }

        if (form == ReportForm.Text && count > 1)
        {
            await output.WriteLineAsync(_summary.ToString());
        }

        return _summary.ExitCode;
    }

    private Task WriteAsync(ProbeConversation conversation)
    {
        switch (form)
        {
            case ReportForm.Json:
                var json = ProbeJson.Of(conversation, NextStep.Of(target, conversation.Result));
                return output.WriteLineAsync((json with { ExitCode = PluginVerdict.ExitCode(conversation.Result.Outcome) }).ToLine());
            case ReportForm.Nagios:
                return output.WriteLineAsync(NagiosLine.Of(target, conversation.Result));
            default:
                ProbeText.Write(output, conversation);
                return Task.CompletedTask;
        }
    }

    private static async Task<bool> WaitAsync(bool isFirst, CancellationToken cancellation)
    {
        if (!isFirst)
        {
            await Task.Delay(Pause, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return !cancellation.IsCancellationRequested;
    }
}
