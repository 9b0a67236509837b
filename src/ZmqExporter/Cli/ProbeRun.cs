using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Cli;

/// <summary>One or more probes of one target from the command line.</summary>
internal sealed class ProbeRun(TargetConfig target, int count, bool json, TextWriter output)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly List<TimeSpan> _roundTrips = [];
    private int _misses;

    /// <summary>Probes and prints.</summary>
    /// <returns>The exit code of the worst probe.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        using var timers = new TimerQueue(TimeProvider.System);
        var context = new ZmtpContext(timers, new NameResolver());
        var client = new ZmtpClient(context);
        using var netMq = new NetMqClient(client, context, targets: 2, new NetMqEvents(NullLogger.Instance));
        var trace = new ProbeTrace();
        var probers = new ProberFactory(client, TimeProvider.System, netMq);
        await Rehearsal.RunAsync(probers, [target], cancellation);
        using var prober = probers.Create(target, trace);
        if (!json)
        {
            await output.WriteLineAsync($"{target.Endpoint} ({target.Module.Prober.Name}, timeout {ProbeVerdict.Show(target.Module.Timeout)})");
        }

        var worst = 0;
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellation);
            }

            var result = await prober.ProbeAsync(cancellation);
            Note(result);
            worst = Math.Max(worst, ProbeVerdict.ExitCode(result));
            if (json)
            {
                ProbeReport.WriteJson(output, target, result, trace.Take());
            }
            else
            {
                ProbeReport.WriteText(output, target, result, trace.Take());
            }
        }

        if (!json && count > 1)
        {
            await output.WriteLineAsync(Summary());
        }

        return worst;
    }

    private void Note(ProbeResult result)
    {
        if (result.RoundTrip is { } roundTrip)
        {
            _roundTrips.Add(roundTrip);
        }
        else
        {
            _misses++;
        }
    }

    private string Summary()
    {
        var sorted = _roundTrips.Order().ToArray();
        var figures = sorted.Length == 0
            ? ""
            : $"; round trip min {ProbeVerdict.Show(sorted[0])}, median {ProbeVerdict.Show(sorted[sorted.Length / 2])}, max {ProbeVerdict.Show(sorted[^1])}";
        return string.Create(CultureInfo.InvariantCulture, $"{_roundTrips.Count + _misses} probes, {_roundTrips.Count} answered, {_misses} missed{figures}");
    }
}
