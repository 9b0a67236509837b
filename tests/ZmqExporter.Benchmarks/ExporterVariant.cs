using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Configuration;
using ZmqExporter.Limits;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Metrics;
using ZmqExporter.Probing;
using ZmqExporter.Scheduling;
using ZmqExporter.Targets;
using Zmtp;

namespace ZmqExporter.Benchmarks;

/// <summary>The exporter without its HTTP side: scheduler, prober, policy and metrics over one of its clients.</summary>
internal sealed class ExporterVariant(MessagingClient client, int count, string endpoint, ClientMeter meter) : IDisposable
{
    private readonly TimerQueue _timers = new(TimeProvider.System);
    private NetMqClient? _netMq;
    private ProbeScheduler? _scheduler;

    public async Task StartAsync()
    {
        var targets = new TargetSet(TimeProvider.System);
        var metrics = new ExporterMetrics(targets, MetricsDetail.Lean, TimeProvider.System);
        var context = new ZmtpContext(_timers, new NameResolver());
        var own = new ZmtpClient(context);
        _netMq = client == MessagingClient.NetMq ? new NetMqClient(own, context, SettingsOfNetMq) : null;
        var factory = new ProberFactory(own, TimeProvider.System, _netMq);
        var interval = TimeSpan.FromSeconds(1);
        _scheduler = new ProbeScheduler(
            new ExporterConfig { Targets = [.. Enumerable.Range(0, count).Select(i => Target(i, interval))] },
            (target, observer) => new MeteredProber(factory.CreateScheduled(target, observer), meter),
            targets,
            metrics.Self,
            _timers,
            new SchedulerHealth(_timers, new MeasurementError(_timers.Time)),
            NullLoggerFactory.Instance);
        await _scheduler.StartAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        _scheduler?.Dispose();
        _netMq?.Dispose();
        _timers.Dispose();
    }

    private static WorkerSettings SettingsOfNetMq => new(NullLogger.Instance)
    {
        Program = [BuiltProgram.Path("ZmqExporter", "zmq_exporter")],
        MaxConnections = () => NetMqLimits.ConnectionsFor(OpenFileLimit.Read()),
    };

    private TargetConfig Target(int number, TimeSpan interval)
    {
        var target = BenchmarkTargets.Ping($"target-{number}", endpoint, interval);
        return target with { Module = target.Module with { Client = client } };
    }

    private sealed class MeteredProber(IProber prober, ClientMeter meter) : IProber
    {
        public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
        {
            var result = await prober.ProbeAsync(stopping);
            if (result.Reason is null && result.RoundTrip is { } roundTrip)
            {
                meter.Answered(roundTrip);
            }
            else
            {
                meter.Missed();
            }

            return result;
        }

        public void Dispose() => prober.Dispose();
    }
}
