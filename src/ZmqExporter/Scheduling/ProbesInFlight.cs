namespace ZmqExporter.Scheduling;

/// <summary>Counts running probes, so that a stop can wait for the last one without a task for each. Thread-safe.</summary>
internal sealed class ProbesInFlight
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private int _count = 1; // the 1 is the owner's: so it falls to 0 only after DrainAsync

    /// <summary>How many run now, their logging included.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>A probe begins. Not after <see cref="DrainAsync"/>.</summary>
    public void Enter()
    {
        Interlocked.Increment(ref _running);
        Interlocked.Increment(ref _count);
    }

    /// <summary>A probe ended.</summary>
    public void Exit()
    {
        Interlocked.Decrement(ref _running);
        Release();
    }

    /// <summary>Completes when the last probe has ended. Call once, after no more can begin.</summary>
    public Task DrainAsync()
    {
        Release();
        return _drained.Task;
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            _drained.TrySetResult();
        }
    }
}
