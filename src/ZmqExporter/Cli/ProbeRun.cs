using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Probing;
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
        using var netMq = new NetMqClient(client, context, targets: 2, new NetMqEvents(NullLogger.Instance));
        var readings = target.Module.Prober is SubscribeProberConfig subscribe ? new SubscriptionReadings(subscribe) : null;
        var trace = new ProbeTrace(readings);
        var probers = new ProberFactory(client, TimeProvider.System, netMq);
        await Warmup.RunAsync(probers, [target], cancellation);
        using var prober = probers.Create(target, trace);
        if (form == ReportForm.Text)
        {
            await output.WriteLineAsync($"{target.Endpoint} ({target.Module.Prober.Name}, timeout {ProbeVerdict.Show(target.Module.Timeout)})");
        }

        var ended = 0;
        while (ended < count && await WaitAsync(isFirst: ended == 0, cancellation))
        {
            var result = await prober.ProbeAsync(cancellation);
            if (cancellation.IsCancellationRequested)
            {
                break; // what it says then means nothing
            }

            ended++;
            _summary.Add(result);
            switch (form)
            {
                case ReportForm.Json:
                    ProbeReport.WriteJson(output, target, result, trace.Take(), readings?.Take());
                    break;
                case ReportForm.Nagios:
                    await output.WriteLineAsync(NagiosLine.Of(target, result));
                    break;
                default:
                    ProbeReport.WriteText(output, target, result, trace.Take(), readings?.Take());
                    break;
            }
        }

        if (ended == 0)
        {
            await error.WriteLineAsync("zmq_exporter: ended by a signal before the probe had a result");
            return ProbeVerdict.ExitCode(ProbeOutcome.LocalError);
        }

        if (form == ReportForm.Text && count > 1)
        {
            await output.WriteLineAsync(_summary.ToString());
        }

        return _summary.ExitCode;
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
