using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Scheduling;

/// <summary>
/// Probes one target when it is due, one probe at a time, and hands each result to the policy and the instruments. Owns its prober and
/// its instruments; the latter's series outlive it unless it is removed. Thread-safe.
/// </summary>
/// <remarks>The queue's thread only decides that a probe starts; the probe itself starts on the thread pool.</remarks>
internal sealed partial class TargetRunner : TimerEntry, IThreadPoolWorkItem, IDisposable
{
    /// <summary>How long after its timeout a probe that has not ended counts as stuck.</summary>
    public static readonly TimeSpan StuckAfterTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly RunnerContext _context;
    private readonly TargetSchedule _schedule;
    private readonly TargetHistory _history;
    private readonly TargetLogLimit _logLimit;
    private readonly TargetInstruments _instruments;
    private readonly IProber _prober;
    private long _latestDue;
    private long _probeDue;
    private long _probeQueued;
    private long _skipped;
    private bool _probing;
    private bool _stuck;
    private bool _stalled;
    private volatile bool _stopped;
    private bool _disposed;

    /// <summary>Makes a runner that waits for <see cref="Start"/>.</summary>
    /// <param name="target">What to probe and how.</param>
    /// <param name="prober">Probes it; the runner disposes it.</param>
    /// <param name="instruments">Its series; <see cref="Remove"/> disposes them.</param>
    /// <param name="origin">Where the grids of all targets are placed.</param>
    /// <param name="context">What all runners share.</param>
    public TargetRunner(TargetConfig target, IProber prober, TargetInstruments instruments, ScheduleOrigin origin, RunnerContext context)
    {
        Target = target;
        _prober = prober;
        _instruments = instruments;
        _context = context;
        _schedule = new TargetSchedule(target, context.Timers, origin);
        _history = new TargetHistory(target, context.Timers);
        _logLimit = new TargetLogLimit(context.Timers.Time);
    }

    /// <summary>What is probed and how.</summary>
    public TargetConfig Target { get; }

    private bool Stopped => _stopped || _context.Stopping.IsCancellationRequested;

    /// <summary>What is known of the target now.</summary>
    public TargetSnapshot Snapshot()
    {
        lock (_lock)
        {
            return _history.Snapshot(_probing, _skipped);
        }
    }

    /// <summary>Schedules the first probe.</summary>
    /// <param name="spread">Over how long the first probes of all targets are spread.</param>
    public void Start(TimeSpan spread)
    {
        lock (_lock)
        {
            if (!Stopped)
            {
                var timers = _context.Timers;
                timers.Schedule(this, _schedule.First(timers.Time.GetTimestamp(), timers.ToTicks(spread)));
            }
        }
    }

    /// <summary>Starts no probe any more and records nothing any more, not even of a probe that runs.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            _context.Timers.Cancel(this);
        }
    }

    /// <summary>Disposes, and removes the series: the target is gone, the exporter is not.</summary>
    public void Remove()
    {
        Dispose();
        _instruments.Dispose();
    }

    /// <summary>Stops, and disposes the prober, which ends a running probe soon. The series stay as they are.</summary>
    /// <remarks>A shutdown must not take the series away: a scrape may be in hand, and would come out cut short.</remarks>
    public void Dispose()
    {
        Stop();
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        // Not under the lock: a prober may tell its observer of the closed connection, and that must not wait for us.
        try
        {
            _prober.Dispose();
        }
#pragma warning disable CA1031 // A bug of one prober must not keep the others from being disposed.
        catch (Exception exception)
        {
            Log.Fault(_context.Logger, exception, Target.Name, Target.Module.Name);
        }
#pragma warning restore CA1031
    }

    /// <summary>
    /// Looks for a probe that should have ended long ago. The first time it is logged and counts as our own fault, so that no series
    /// claims any longer what nobody checks; the result with which it may end after all is dropped.
    /// </summary>
    /// <returns>True when it is stuck.</returns>
    public bool CheckStuck()
    {
        TimeSpan running;
        TargetLogEntry entry;
        ProbeResult result;
        lock (_lock)
        {
            running = _probing ? _context.Timers.Time.GetElapsedTime(_probeQueued) : TimeSpan.Zero;
            if (running <= Target.Module.Timeout + StuckAfterTimeout || Stopped)
            {
                return false;
            }

            if (_stuck)
            {
                return true;
            }

            _stuck = true;
            result = LocalError("a bug in zmq_exporter: the probe did not end after its timeout", running);
            entry = RecordNeedsLock(result);
        }

        Log.Stuck(_context.Logger, Target.Name, Target.Module.Name, running, Target.Module.Timeout);
        Log.Result(_context, Target, result, entry);
        return true;
    }

    /// <inheritdoc />
    protected override void OnDue(long due, long now)
    {
        var skipped = 0L;
        var start = false;
        lock (_lock)
        {
            if (Stopped)
            {
                return;
            }

            var state = _history.Policy.State;
            _latestDue = _schedule.LatestBy(due, state, now, out var passed);
            _context.Timers.Schedule(this, _schedule.Next(_latestDue, state));

            // After a stall every target is overdue: to start them all now would be a burst, so each waits for its next place. But only
            // once: a machine that is always that slow must still probe.
            _stalled = passed > 0 && !_stalled;
            start = !_stalled && !_probing;
            skipped = start ? passed : passed + 1;
            _skipped += skipped;
            if (start)
            {
                _probing = true;
                _stuck = false;
                _probeDue = due;
                _probeQueued = now;
                _context.InFlight.Enter();
            }
        }

        if (start)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        _context.Stalls.OnDue(due, now, skipped);
        if (skipped > 0)
        {
            _context.Instruments.ProbesSkipped(skipped);
            Log.Skipped(_context.Logger, Target.Name, Target.Module.Name, skipped);
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        var result = await ProbeAsync();
        try
        {
            End(result);
        }
#pragma warning disable CA1031 // Nobody awaits this: an exception that is not caught here is lost.
        catch (Exception exception)
        {
            Log.Fault(_context.Logger, exception, Target.Name, Target.Module.Name);
        }
#pragma warning restore CA1031
        finally
        {
            _context.InFlight.Exit();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ProbeResult> ProbeAsync()
    {
        var time = _context.Timers.Time;
        var start = time.GetTimestamp();
        try
        {
            _context.Instruments.ProbeStarted(time.GetElapsedTime(_probeDue, start));
            try
            {
                return await _prober.ProbeAsync(_context.Stopping);
            }
            finally
            {
                _context.Instruments.ProbeEnded();
            }
        }
        catch (OutOfMemoryException)
        {
            return LocalError("this process has no memory left for this probe", time.GetElapsedTime(start));
        }
#pragma warning disable CA1031 // A prober's exception is a bug of ours: it must neither end the target's probes nor make it look down.
        catch (Exception exception)
        {
            // A probe that was stopped may end as it likes.
            if (!Stopped)
            {
                Log.Fault(_context.Logger, exception, Target.Name, Target.Module.Name);
            }

            return LocalError($"a bug in zmq_exporter: {exception.GetType().Name}: {exception.Message}", time.GetElapsedTime(start));
        }
#pragma warning restore CA1031
    }

    private void End(ProbeResult result)
    {
        TargetLogEntry entry = default;
        bool isHeldBack;
        lock (_lock)
        {
            // A stuck probe has been recorded already, and what it says now is of long ago.
            _probing = false;
            if (Stopped || _stuck)
            {
                return;
            }

            isHeldBack = result.IsHeldBack;
            if (isHeldBack)
            {
                _skipped++;
            }
            else
            {
                entry = RecordNeedsLock(result);
            }
        }

        if (isHeldBack)
        {
            _context.Instruments.ProbesSkipped(1);
            Log.HeldBack(_context.Logger, Target.Name, Target.Module.Name, result.Detail);
            return;
        }

        Log.Result(_context, Target, result, entry);
    }

    // Under the lock, so that nothing is recorded once Stop has returned.
    private TargetLogEntry RecordNeedsLock(ProbeResult result)
    {
        var before = _history.Add(result);
        var after = _history.Policy;
        if (after.State != before.State)
        {
            RescheduleNeedsLock(after.State);
        }

        _instruments.RecordProbe(result, before, after, _history.Flapping);
        return _logLimit.Next(after.State, result.Reason);
    }

    private void RescheduleNeedsLock(TargetState state)
    {
        var timers = _context.Timers;
        timers.Schedule(this, Math.Max(timers.Time.GetTimestamp(), _schedule.Next(_latestDue, state)));
    }

    private static ProbeResult LocalError(string detail, TimeSpan elapsed) => new()
    {
        Outcome = ProbeOutcome.LocalError,
        Reason = FailureReason.LocalError,
        Detail = detail,
        Elapsed = elapsed,
    };
}
