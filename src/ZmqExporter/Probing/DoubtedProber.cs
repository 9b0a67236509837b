using System.Globalization;
using System.Runtime.CompilerServices;

namespace ZmqExporter.Probing;

/// <summary>
/// A prober of a target of which the kernel does not tell when its bytes came: Unix sockets, NetMQ, other systems than Linux. A miss for
/// time that the canary's own lateness in the same window can explain is no miss: nobody can know. Thread-safe as the one inside is.
/// </summary>
/// <param name="inner">The prober; disposed with this one.</param>
/// <param name="error">What the canary says.</param>
/// <param name="timeout">The module's timeout.</param>
/// <param name="time">The clock.</param>
internal sealed class DoubtedProber(IProber inner, MeasurementError error, TimeSpan timeout, TimeProvider time) : IProber
{
    private TimeSpan _usual; // how long the last good probe took

    /// <inheritdoc />
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        var start = time.GetTimestamp();
        var result = await inner.ProbeAsync(stopping);
        if (result.Outcome is ProbeOutcome.OnTime or ProbeOutcome.Late)
        {
            _usual = result.Elapsed;
            return result;
        }

        if (result.Reason is not (FailureReason.ReplyTimeout or FailureReason.HandshakeTimeout or FailureReason.ConnectTimeout))
        {
            return result;
        }

        // The target had this much time to spare, so a delay of ours up to that cannot have made it miss.
        var margin = timeout - _usual;
        var worst = error.WorstSince(start);
        return worst < margin
            ? result
            : result with
            {
                Outcome = ProbeOutcome.LocalError,
                Reason = FailureReason.LocalError,
                Detail = string.Create(
                    CultureInfo.InvariantCulture,
                    $"this process was up to {worst.TotalSeconds:0.000} s late in the same moment, by its own canary, and the system does not tell when bytes come here, so this proves nothing: {result.Detail}"),
                Reachable = null,
                Responsive = null,
                Ready = null,
            };
    }

    /// <inheritdoc />
    public void Dispose() => inner.Dispose();
}
