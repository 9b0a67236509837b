using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ZmqExporter.Background;
using ZmqExporter.Configuration;
using ZmqExporter.Limits;
using ZmqExporter.Metrics;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using Zmtp;

namespace ZmqExporter.Scheduling;

/// <summary>Runs a <see cref="TargetRunner"/> for each target, and supervises them. Add and Remove are thread-safe.</summary>
internal sealed partial class ProbeScheduler : BackgroundService
{
    /// <summary>How long a stop waits for running probes.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    /// <summary>How often the supervisor looks.</summary>
    public static readonly TimeSpan SupervisionPeriod = TimeSpan.FromSeconds(5);

    private readonly ExporterConfig _config;
    private readonly RunnerContext _context;
    private readonly SchedulerHealth _health;
    private readonly ILogger<ProbeScheduler> _logger;
    private readonly TargetRunners _runners;
    private readonly CancellationTokenSource _stopping = new();
    private Timestamp _supervised;

    /// <summary>Makes a scheduler that waits for its start.</summary>
    /// <param name="config">The targets to start with.</param>
    /// <param name="createProber">Makes a target's prober, which then belongs to the scheduler.</param>
    /// <param name="targets">Where the records of the targets are.</param>
    /// <param name="self">The self-monitoring metrics.</param>
    /// <param name="timers">The clock of all due times. It stays the caller's.</param>
    /// <param name="health">Where the supervisor reports.</param>
    /// <param name="loggers">Makes the loggers.</param>
    /// <param name="memory">Says when there is no memory for more targets; null when there always is.</param>
    public ProbeScheduler(
        ExporterConfig config,
        Func<TargetConfig, IProbeObserver, IProber> createProber,
        TargetSet targets,
        SelfMetrics self,
        TimerQueue timers,
        SchedulerHealth health,
        ILoggerFactory loggers,
        MemoryGuard? memory = null)
    {
        _config = config;
        _health = health;
        _logger = loggers.CreateLogger<ProbeScheduler>();
        _context = new RunnerContext(
            timers, self, new ProbesInFlight(), loggers.CreateLogger<TargetRunner>(), _stopping.Token);
        _runners = new TargetRunners(createProber, targets, _context, memory, loggers.CreateLogger<TargetRunners>());
    }

    /// <summary>How many probes run now.</summary>
    public int Running => _context.InFlight.Running;

    /// <inheritdoc cref="TargetRunners.Refused" />
    public int Refused => _runners.Refused;

    /// <summary>Starts the runners of the config's targets.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Add(_config.Targets);
        _supervised = _context.Timers.Now;
        _health.Report(stuck: 0);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc cref="TargetRunners.Add" />
    public void Add(IReadOnlyCollection<TargetConfig> targets) => _runners.Add(targets);

    /// <inheritdoc cref="TargetRunners.Remove" />
    public bool Remove(TargetKey key) => _runners.Remove(key);

    /// <inheritdoc cref="TargetRunners.Apply" />
    public TargetDiff Apply(IReadOnlyCollection<TargetConfig> targets) => _runners.Apply(targets);

    /// <summary>Stops all runners, and waits for their running probes for <see cref="StopLimit"/> at most. Their series stay: a scrape may be under way.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // A host may be asked to stop more than once.
        if (!_stopping.IsCancellationRequested)
        {
            await StopRunnersAsync(cancellationToken);
        }

        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        foreach (var runner in _runners.ToArray())
        {
            runner.Dispose();
        }

        _stopping.Dispose();
        base.Dispose();
    }

    /// <summary>The supervisor: does not use the timer queue, because that is among what it supervises.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => PeriodicWork.RunAsync(
        SupervisionPeriod, _context.Timers.Time, Supervise, exception => Log.SupervisorFailed(_logger, exception), beginsAtOnce: false, stoppingToken);

    private async Task StopRunnersAsync(CancellationToken cancellationToken)
    {
        var runners = _runners.ToArray();
        foreach (var runner in runners)
        {
            runner.Stop();
        }

        await _stopping.CancelAsync();
        try
        {
            await _context.InFlight.DrainAsync().WaitAsync(StopLimit, _context.Timers.Time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            Log.StillRunning(_logger, runners.Count(runner => runner.IsProbing));
        }

        foreach (var runner in runners)
        {
            runner.Dispose();
        }
    }

    private void Supervise()
    {
        var time = _context.Timers.Time;
        var sinceLast = _supervised.Elapsed(time);
        _supervised = Timestamp.Now(time);
        if (_context.Timers.Overdue is var overdue && overdue > SchedulerHealth.OverdueLimit)
        {
            Log.Overdue(_logger, overdue);
        }

        if (_context.Stalls.TryTake(out var stall, out var skipped))
        {
            Log.Stalled(_logger, TimeSpan.FromMilliseconds(Math.Round(stall.TotalMilliseconds)), skipped);
        }

        foreach (var (detail, hit) in _context.SharedCauses.Take())
        {
            Log.SharedCause(_logger, hit, detail);
        }

        // When the whole process stood still, the probes had no chance to end: they get it until the next look.
        var stalled = sinceLast > 2 * SupervisionPeriod;
        _health.Report(stalled ? 0 : _runners.ToArray().Count(runner => runner.CheckStuck()));
    }
}
