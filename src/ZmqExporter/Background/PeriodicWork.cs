namespace ZmqExporter.Background;

/// <summary>Work that is done again and again for as long as the exporter runs.</summary>
internal static class PeriodicWork
{
    /// <summary>
    /// Works once in each period. What the work throws goes no further, and the next turn comes: the host takes the end of a background service
    /// with an exception for a reason to end, even that of a cancellation while it starts.
    /// </summary>
    /// <param name="period">From turn to turn; a turn that takes longer delays the next one.</param>
    /// <param name="time">The clock.</param>
    /// <param name="work">A turn.</param>
    /// <param name="onFault">Is told what it throws; must not throw itself.</param>
    /// <param name="beginsAtOnce">Whether the first turn comes now, and not after a period.</param>
    /// <param name="stopping">Ends it, between two turns.</param>
    public static async Task RunAsync(TimeSpan period, TimeProvider time, Func<Task> work, Action<Exception> onFault, bool beginsAtOnce, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(period, time);
        var isDue = beginsAtOnce || await NextAsync(timer, stopping);
        while (isDue)
        {
            try
            {
                await work();
            }
#pragma warning disable CA1031 // A loop that nobody awaits would die silently.
            catch (Exception exception)
            {
                onFault(exception);
            }
#pragma warning restore CA1031

            isDue = await NextAsync(timer, stopping);
        }
    }

    /// <inheritdoc cref="RunAsync(TimeSpan, TimeProvider, Func{Task}, Action{Exception}, bool, CancellationToken)" />
    public static Task RunAsync(TimeSpan period, TimeProvider time, Action work, Action<Exception> onFault, bool beginsAtOnce, CancellationToken stopping) => RunAsync(
        period,
        time,
        () =>
        {
            work();
            return Task.CompletedTask;
        },
        onFault,
        beginsAtOnce,
        stopping);

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
