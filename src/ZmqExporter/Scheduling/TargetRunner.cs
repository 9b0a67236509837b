using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using Zmtp;

namespace ZmqExporter.Scheduling;

/// <summary>
/// Probes one target when it is due, one probe at a time, and hands each result to the target's record, which outlives it. Owns its
/// prober. Thread-safe.
/// </summary>
/// <remarks>The queue's thread only decides that a probe starts; the probe itself starts on the thread pool.</remarks>
internal sealed partial class TargetRunner : TimerEntry, IThreadPoolWorkItem, IDisposable
{
    /// <summary>How long after its timeout a probe that has not ended counts as stuck.</summary>
    public static readonly TimeSpan StuckAfterTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly RunnerContext _context;
    private readonly TargetSchedule _schedule;
    private readonly IProber _prober;
    private readonly ProbeCall _call;
    private TargetLogLimit? _logLimit; // while there is something to log
    private Timestamp _latestDue;
    private Timestamp _probeDue;
    private Timestamp _probeQueued;
    private Timestamp _owedSince; // the first due time whose probe was held back, while none has been made since
    private bool _probing;
    private bool _stuck;
    private bool _stalled;
    private volatile bool _stopped;
    private bool _disposed;

    /// <summary>Makes a runner that waits for <see cref="Start"/>.</summary>
    /// <param name="target">Takes the results. It is probed as its config says now.</param>
    /// <param name="prober">Probes it; the runner disposes it.</param>
    /// <param name="origin">Where the grids of all targets are placed.</param>
    /// <param name="context">What all runners share.</param>
    public TargetRunner(Target target, IProber prober, ScheduleOrigin origin, RunnerContext context)
    {
        Target = target;
        Config = target.Config;
        _prober = prober;
        _call = new ProbeCall(prober, context, this);
        _context = context;
        _schedule = new TargetSchedule(Config, origin);
    }

    /// <summary>The record of what is probed.</summary>
    public Target Target { get; }

    /// <summary>What it probes and how; its record may have a newer one, whose runner could not be started.</summary>
    public TargetConfig Config { get; }

    /// <summary>Whether a probe runs.</summary>
    public bool IsProbing
    {
        get
        {
            lock (_lock)
            {
                return _probing;
            }
        }
    }

    private bool Stopped => _stopped || _context.Stopping.IsCancellationRequested;

    /// <summary>Schedules the first probe.</summary>
    /// <param name="spread">Over how long the first probes of all targets are spread.</param>
    public void Start(TimeSpan spread)
    {
        lock (_lock)
        {
            if (!Stopped)
            {
                var timers = _context.Timers;
                var due = _schedule.First(timers.Now, spread);
                Target.SetDue(due);
                timers.Schedule(this, due);
            }
        }
    }

    /// <summary>Starts no probe any more and records nothing any more, not even of a probe that runs.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            if (_stopped)
            {
                return; // the record may be another runner's by now
            }

            _stopped = true;
            _context.Timers.Cancel(this);
            Target.SetIdle();
        }
    }

    /// <summary>Stops, and disposes the prober, which ends a running probe soon.</summary>
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
            Log.Fault(_context.Logger, exception, Config.Name, Config.Module.Name);
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
            running = _probing ? _context.Timers.Now - _probeQueued : TimeSpan.Zero;
            if (running <= Config.Module.Timeout + StuckAfterTimeout || Stopped)
            {
                return false;
            }

            if (_stuck)
            {
                return true;
            }

            _stuck = true;
            result = ProbeResult.Local("a bug in zmq_exporter: the probe did not end after its timeout") with { Elapsed = running };
            entry = RecordNeedsLock(result);
        }

        Log.Stuck(_context.Logger, Config.Name, Config.Module.Name, running, Config.Module.Timeout);
        Log.Result(_context, Config, result, entry);
        return true;
    }

    /// <inheritdoc />
    protected override void OnDue(Timestamp due, Timestamp now)
    {
        var skipped = 0L;
        var start = false;
        lock (_lock)
        {
            if (Stopped)
            {
                return;
            }

            var state = Target.State;
            _latestDue = _schedule.LatestBy(due, state, now, out var passed);
            var next = _schedule.Next(_latestDue, state);
            _context.Timers.Schedule(this, next);

            // After a stall every target is overdue: to start them all now would be a burst, so each waits for its next place. But only
            // once: a machine that is always that slow must still probe.
            _stalled = passed > 0 && !_stalled;
            start = !_stalled && !_probing;
            skipped = start ? passed : passed + 1;
            if (skipped > 0)
            {
                Target.AddSkipped(skipped);
            }

            if (start)
            {
                Target.SetDue(_owedSince.IsSet ? _owedSince : next); // what is skipped stays due
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
            _context.Self.ProbesSkipped(skipped);
            Log.Skipped(_context.Logger, Config.Name, Config.Module.Name, skipped);
        }
    }

    void IThreadPoolWorkItem.Execute() => _call.Start(_probeDue);

    /// <summary>The probe has ended. Never throws.</summary>
    internal void OnEnded(ProbeResult result)
    {
        try
        {
            End(result);
        }
#pragma warning disable CA1031 // Nobody above could do more about a bug here.
        catch (Exception exception)
        {
            Log.Fault(_context.Logger, exception, Config.Name, Config.Module.Name);
        }
#pragma warning restore CA1031
        finally
        {
            _context.InFlight.Exit();
        }
    }

    /// <summary>The prober threw; a probe that was stopped may end as it likes. Never throws.</summary>
    internal void OnFault(Exception exception)
    {
        if (!Stopped)
        {
            Log.Fault(_context.Logger, exception, Config.Name, Config.Module.Name);
        }
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
                Target.AddSkipped(1);
                _owedSince = _owedSince.IsSet ? _owedSince : _probeDue;
                Target.SetDue(_owedSince); // it was not made, so it is due still
            }
            else
            {
                entry = RecordNeedsLock(result);
            }
        }

        if (isHeldBack)
        {
            _context.Self.ProbesSkipped(1);
            Log.HeldBack(_context.Logger, Config.Name, Config.Module.Name, result.Detail);
            return;
        }

        Log.Result(_context, Config, result, entry);
    }

    // Under the lock, so that nothing is recorded once Stop has returned.
    private TargetLogEntry RecordNeedsLock(ProbeResult result)
    {
        var transition = Target.Record(result);
        if (transition.IsChange || _owedSince.IsSet)
        {
            RescheduleNeedsLock(transition.After);
        }

        _owedSince = Timestamp.None;
        return TargetLogLimit.NextOf(ref _logLimit, transition, result, _context.Timers.Time);
    }

    private void RescheduleNeedsLock(TargetState state)
    {
        var next = Timestamp.Max(_context.Timers.Now, _schedule.Next(_latestDue, state));
        Target.SetDue(next);
        _context.Timers.Schedule(this, next);
    }
}
