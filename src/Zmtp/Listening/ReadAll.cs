namespace Zmtp.Listening;

/// <summary>Counts down how many connections are still to be read, and ends with the last one. Thread-safe.</summary>
internal sealed class ReadAll(int count) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private int _left = count;

    /// <summary>One has been read.</summary>
    public void OneIsRead()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            TrySetResult();
        }
    }
}
