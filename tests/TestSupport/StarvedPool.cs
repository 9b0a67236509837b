namespace TestSupport;

/// <summary>
/// Keeps every thread of the pool busy until it is disposed: whatever the process has to do meanwhile waits, as it does when it gets no
/// CPU. Only for tests that run alone.
/// </summary>
internal sealed class StarvedPool : IDisposable
{
    private readonly ManualResetEventSlim _release = new();
    private readonly int _maxWorkers;
    private readonly int _maxCompletion;

    public StarvedPool()
    {
        ThreadPool.GetMaxThreads(out _maxWorkers, out _maxCompletion);
        ThreadPool.GetMinThreads(out var workers, out _);
        ThreadPool.SetMaxThreads(workers, _maxCompletion);

        // Many more than there are threads: one that comes free takes the next of these, and not what is queued later.
        var left = 3 * workers;
        for (var i = 3 * workers; i > 0; i--)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    Interlocked.Decrement(ref left);
                    _release.Wait();
                },
                state: null);
        }

        try
        {
            Eventually.True(() => ThreadPool.ThreadCount >= workers && Volatile.Read(ref left) <= (2 * workers) + 2, () => $"{left} are left");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        ThreadPool.SetMaxThreads(_maxWorkers, _maxCompletion);
        _release.Set();
    }
}
