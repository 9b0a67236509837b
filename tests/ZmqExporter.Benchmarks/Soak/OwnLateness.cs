using System.Diagnostics;

namespace ZmqExporter.Benchmarks.Soak;

/// <summary>How late this process itself is: its servers are no better than that, and what comes of it is not the exporter's fault.</summary>
internal sealed class OwnLateness : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly List<(long From, long To)> _stalls = [];
    private readonly CancellationTokenSource _end = new();

    public OwnLateness() => _ = WatchAsync();

    /// <summary>How often it was late.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _stalls.Count;
            }
        }
    }

    /// <summary>The longest time.</summary>
    public TimeSpan Worst
    {
        get
        {
            lock (_lock)
            {
                return _stalls.Count == 0 ? TimeSpan.Zero : _stalls.Max(stall => Stopwatch.GetElapsedTime(stall.From, stall.To));
            }
        }
    }

    /// <summary>Whether it was late at any time since then.</summary>
    public bool Since(long timestamp)
    {
        lock (_lock)
        {
            return _stalls.Count > 0 && _stalls[^1].To >= timestamp;
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    // On the thread pool, as the servers are: it waits where they wait.
    private async Task WatchAsync()
    {
        var token = _end.Token;
        while (!token.IsCancellationRequested)
        {
            var before = Stopwatch.GetTimestamp();
            await Task.Delay(Step, TimeProvider.System);
            if (Stopwatch.GetElapsedTime(before) > Step + SoakTimes.OwnLateness)
            {
                lock (_lock)
                {
                    _stalls.Add((before, Stopwatch.GetTimestamp()));
                }
            }
        }
    }
}
