using System.Globalization;
using System.Runtime.CompilerServices;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>
/// A prober of a target of which the kernel may not tell when its bytes came: Unix sockets, NetMQ, other systems than Linux. A miss for
/// time that the canary's own lateness in the same window can explain is no miss, and an answer that was late by no more is not called
/// late: nobody can know. Thread-safe as the one inside is.
/// </summary>
/// <param name="inner">The prober; disposed with this one.</param>
/// <param name="error">What the canary says.</param>
/// <param name="isDoubted">Whether the kernel does not tell, asked after each probe.</param>
/// <param name="module">The module's times.</param>
/// <param name="time">The clock.</param>
internal sealed class DoubtedProber(IProber inner, MeasurementError error, Func<bool> isDoubted, ModuleConfig module, TimeProvider time) : IProber
{
    private const int Kept = 8;

    // However slow the target usually is: the canary itself takes a moment, and that must not make every miss our own.
    private const int LeastShare = 4;

    // One that took long may have done so because of us, so the least of some is what the target takes.
    private readonly TimeSpan[] _good = new TimeSpan[Kept];
    private int _count;

    /// <inheritdoc />
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        var start = Timestamp.Now(time);
        var result = await inner.ProbeAsync(stopping);
        if (!isDoubted())
        {
            return result;
        }

        if (result.Outcome is ProbeOutcome.OnTime or ProbeOutcome.Late)
        {
            _good[_count++ % Kept] = result.Elapsed;
        }

        return result switch
        {
            { Outcome: ProbeOutcome.Late } => JudgeLate(result, start),
            { Reason: FailureReason.ReplyTimeout or FailureReason.HandshakeTimeout or FailureReason.ConnectTimeout } => JudgeMiss(result, start),
            _ => result,
        };
    }

    /// <inheritdoc />
    public void Dispose() => inner.Dispose();

    private ProbeResult JudgeMiss(ProbeResult result, Timestamp start)
    {
        // The target had this much time to spare, so a delay of ours up to that cannot have made it miss.
        var margin = module.Timeout - Usual();
        var least = module.Timeout / LeastShare;
        var worst = error.WorstSince(start);
        return worst < (margin > least ? margin : least)
            ? result
            : result with
            {
                Outcome = ProbeOutcome.LocalError,
                Reason = FailureReason.LocalError,
                Detail = $"{Words(worst)} so this proves nothing: {result.Detail}",
                Reachable = null,
                Responsive = null,
                Ready = null,
            };
    }

    private ProbeResult JudgeLate(ProbeResult result, Timestamp start)
    {
        var excess = result.Elapsed - module.Policy.LateAfter;
        var worst = error.WorstSince(start);
        return excess <= TimeSpan.Zero || worst < excess || worst <= ProbeClock.TimerTolerance
            ? result
            : result with
            {
                Outcome = ProbeOutcome.Pending,
                Detail = $"{Words(worst)} so nobody knows whether the answer was late: {result.Detail}",
                RoundTrip = null,
            };
    }

    private TimeSpan Usual()
    {
        var good = _good.AsSpan(0, Math.Min(_count, Kept));
        var least = good.IsEmpty ? TimeSpan.Zero : TimeSpan.MaxValue;
        foreach (var took in good)
        {
            least = took < least ? took : least;
        }

        return least;
    }

    private static string Words(TimeSpan worst)
    {
        var what = worst == TimeSpan.MaxValue
            ? "the exporter's own canary got no answer in the same moment"
            : string.Create(CultureInfo.InvariantCulture, $"this process was up to {worst.TotalSeconds:0.000} s late in the same moment, by its own canary");
        return what + ", and the system does not tell when bytes come here,";
    }
}
