using System.Collections.Concurrent;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Scheduling;

/// <summary>A prober that does what the test says, and knows when it was called.</summary>
internal sealed class TestProber(TimeProvider time, Func<CancellationToken, ValueTask<ProbeResult>> probe) : IProber
{
    private int _running;

    public static ProbeResult OnTime { get; } = new() { Outcome = ProbeOutcome.OnTime };

    public static ProbeResult Miss { get; } =
        new() { Outcome = ProbeOutcome.Miss, Reason = FailureReason.ReplyTimeout, Detail = "no reply within 500 ms" };

    public ConcurrentQueue<Timestamp> Starts { get; } = [];

    public bool Overlapped { get; private set; }

    public bool Disposed { get; private set; }

    /// <summary>Answers at once and on time.</summary>
    public static TestProber Instant(TimeProvider time) => new(time, _ => ValueTask.FromResult(OnTime));

    /// <summary>Gives these results in turn, the last one forever.</summary>
    public static TestProber Sequence(TimeProvider time, params ProbeResult[] results)
    {
        var next = 0;
        return new TestProber(time, _ => ValueTask.FromResult(results[Math.Min(next++, results.Length - 1)]));
    }

    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        Overlapped |= Interlocked.Increment(ref _running) > 1;
        Starts.Enqueue(Timestamp.Now(time));
        try
        {
            return await probe(stopping);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public void Dispose() => Disposed = true;
}
