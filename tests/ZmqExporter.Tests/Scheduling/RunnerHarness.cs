using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Limits;
using ZmqExporter.Metrics;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Probing;
using ZmqExporter.Scheduling;
using ZmqExporter.Targets;
using Zmtp;

namespace ZmqExporter.Tests.Scheduling;

/// <summary>Runners, or a scheduler, on a clock that only the test moves.</summary>
internal sealed class RunnerHarness : IDisposable
{
    // Off every grid, so that no first probe is due at once.
    private static readonly DateTimeOffset Epoch = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero).AddTicks(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly LoggerFactory _loggers;
    private readonly RunnerContext _context;
    private readonly ExporterMetrics _metrics;
    private readonly List<TargetRunner> _runners = [];

    public RunnerHarness(FakeTimeProvider? time = null)
    {
        Time = time ?? new FakeTimeProvider(Epoch);
        Timers = new TimerQueue(Time, fault => Faults.Add(fault));
        Health = new SchedulerHealth(Timers, new MeasurementError(Timers.Time));
        _loggers = new LoggerFactory([new FakeLoggerProvider(Logs)], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        Targets = new TargetSet(Time);
        _metrics = new ExporterMetrics(Targets, MetricsDetail.Full, Time);
        _context = new RunnerContext(
            Timers, _metrics.Self, new ProbesInFlight(), _loggers.CreateLogger<TargetRunner>(), _stopping.Token);
    }

    public FakeTimeProvider Time { get; }

    public TimerQueue Timers { get; }

    public TargetSet Targets { get; }

    public SchedulerHealth Health { get; }

    public FakeLogCollector Logs { get; } = new();

    public List<Exception> Faults { get; } = [];

    public TargetRunner Start(TestProber prober, TargetConfig? target = null)
    {
        target ??= TestTargets.Create();
        var runner = new TargetRunner(Targets.Set(target), prober, ScheduleOrigin.Now(Time), _context);
        _runners.Add(runner);
        runner.Start(TimeSpan.Zero);
        return runner;
    }

    public ProbeScheduler CreateScheduler(Func<TargetConfig, IProber> createProber, params TargetConfig[] targets) =>
        CreateScheduler(createProber, memory: null, targets);

    public ProbeScheduler CreateScheduler(Func<TargetConfig, IProber> createProber, MemoryGuard? memory, params TargetConfig[] targets) => new(
        new ExporterConfig { Targets = [.. targets] },
        (target, _) => createProber(target),
        Targets,
        _metrics.Self,
        Timers,
        Health,
        _loggers,
        memory);

    /// <summary>Moves the clock in small steps, and lets the probes that end at once end in each.</summary>
    public async Task AdvanceAsync(TimeSpan duration, params TargetRunner[] untilIdle)
    {
        var step = TimeSpan.FromMilliseconds(10);
        for (var passed = TimeSpan.Zero; passed < duration; passed += step)
        {
            Time.Advance(step);
            foreach (var runner in untilIdle)
            {
                if (runner.IsProbing)
                {
                    await Eventually.TrueAsync(() => !runner.IsProbing, "the probe ends");
                }
            }

            // A probe logs after it has ended: the next one must not be faster.
            if (untilIdle.Length == _runners.Count && _context.InFlight.Running > 0)
            {
                await Eventually.TrueAsync(() => _context.InFlight.Running == 0, "the probe has logged");
            }
        }
    }

    /// <summary>The sample lines of the targets' series, or of those of one family.</summary>
    public async Task<string[]> TargetSamplesAsync(string family = "")
    {
        var scrape = await WriteMetricsAsync();
        return
        [
            .. scrape.Split('\n')
                .Where(line => line.StartsWith(family, StringComparison.Ordinal) && line.Contains("target=\"", StringComparison.Ordinal)),
        ];
    }

    /// <summary>Everything that <c>/metrics</c> shows.</summary>
    public async Task<string> WriteMetricsAsync()
    {
        using var stream = new MemoryStream();
        await _metrics.WriteAsync(stream, MetricsFormat.Text, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public IEnumerable<string> Logged(LogLevel level) =>
        Logs.GetSnapshot().Where(record => record.Level == level).Select(record => record.Message);

    public void Dispose()
    {
        foreach (var runner in _runners)
        {
            runner.Dispose();
        }

        Timers.Dispose();
        _loggers.Dispose();
        _stopping.Dispose();
        Assert.Empty(Faults);
    }
}
