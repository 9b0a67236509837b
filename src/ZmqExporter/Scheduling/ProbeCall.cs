using System.Runtime.CompilerServices;
using ZmqExporter.Probing;

namespace ZmqExporter.Scheduling;

/// <summary>Calls a target's prober so that whatever it does there is a result. Calls must not overlap.</summary>
/// <param name="prober">Whose probes.</param>
/// <param name="context">What all runners share.</param>
/// <param name="onFault">Hears of exceptions, which are bugs.</param>
internal sealed class ProbeCall(IProber prober, RunnerContext context, Action<Exception> onFault)
{
    /// <summary>Probes once.</summary>
    /// <param name="due">When it was due.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ProbeResult> RunAsync(Timestamp due)
    {
        var time = context.Timers.Time;
        var start = Timestamp.Now(time);
        try
        {
            context.Self.ProbeStarted(start - due);
            try
            {
                return await prober.ProbeAsync(context.Stopping);
            }
            finally
            {
                context.Self.ProbeEnded();
            }
        }
        catch (OutOfMemoryException)
        {
            return ProbeResult.Local("this process has no memory left for this probe") with { Elapsed = start.Elapsed(time) };
        }
#pragma warning disable CA1031 // A prober's exception is a bug of ours: it must neither end the target's probes nor make it look down.
        catch (Exception exception)
        {
            onFault(exception);
            return ProbeResult.Local($"a bug in zmq_exporter: {exception.GetType().Name}: {exception.Message}") with { Elapsed = start.Elapsed(time) };
        }
#pragma warning restore CA1031
    }
}
