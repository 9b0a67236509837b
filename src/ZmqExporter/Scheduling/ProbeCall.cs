using System.Runtime.CompilerServices;
using ZmqExporter.Probing;

namespace ZmqExporter.Scheduling;

/// <summary>
/// Calls a target's prober so that whatever it does there is a result. Calls must not overlap. It waits by callback and not by await: that
/// costs nothing for a call, where each task would.
/// </summary>
internal sealed class ProbeCall
{
    private readonly IProber _prober;
    private readonly RunnerContext _context;
    private readonly TargetRunner _runner;
    private readonly Action _complete;
    private ValueTaskAwaiter<ProbeResult> _running;
    private Timestamp _start;

    /// <summary>Makes one that does nothing yet.</summary>
    /// <param name="prober">Whose probes.</param>
    /// <param name="context">What all runners share.</param>
    /// <param name="runner">Takes each result, on the thread on which the probe ended, and is notified of exceptions, which are bugs.</param>
    public ProbeCall(IProber prober, RunnerContext context, TargetRunner runner)
    {
        _prober = prober;
        _context = context;
        _runner = runner;
        _complete = Complete;
    }

    /// <summary>Probes once.</summary>
    /// <param name="due">When it was due.</param>
    public void Start(Timestamp due)
    {
        _start = Timestamp.Now(_context.Timers.Time);
        _context.Self.ProbeStarted(_start - due);
        try
        {
#pragma warning disable CA2012 // It is consumed once, in Complete: an await would cost a state machine for each call.
            _running = _prober.ProbeAsync(_context.Stopping).GetAwaiter();
#pragma warning restore CA2012
        }
#pragma warning disable CA1031 // A prober's exception is a bug of ours: it must neither end the target's probes nor make it look down.
        catch (Exception exception)
        {
            End(ResultOf(exception));
            return;
        }
#pragma warning restore CA1031

        if (_running.IsCompleted)
        {
            Complete();
        }
        else
        {
            _running.UnsafeOnCompleted(_complete);
        }
    }

    private void Complete()
    {
        ProbeResult result;
        try
        {
            result = _running.GetResult();
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
        {
            result = ResultOf(exception);
        }
#pragma warning restore CA1031

        End(result);
    }

    private void End(ProbeResult result)
    {
        _running = default;
        _context.Self.ProbeEnded();
        _runner.OnEnded(result);
    }

    private ProbeResult ResultOf(Exception exception)
    {
        var elapsed = _start.Elapsed(_context.Timers.Time);
        if (exception is OutOfMemoryException)
        {
            return ProbeResult.Local("this process has no memory left for this probe") with { Elapsed = elapsed };
        }

        _runner.OnFault(exception);
        return ProbeResult.Local($"a bug in zmq_exporter: {exception.GetType().Name}: {exception.Message}") with { Elapsed = elapsed };
    }
}
