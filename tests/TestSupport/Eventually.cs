using System.Diagnostics;

namespace TestSupport;

/// <summary>Waits for a condition with a deadline, never for a time.</summary>
internal static class Eventually
{
    /// <summary>Long enough for a busy machine: only failures ever wait for it.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25); // each question may be a scrape or read a process' files
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(1);

    /// <summary>Asks until the answer is not null.</summary>
    /// <param name="ask">Gives the answer, or null for "not yet".</param>
    /// <param name="timeout">When to give up.</param>
    /// <param name="explain">What to say then.</param>
    /// <exception cref="TimeoutException">The answer stayed null.</exception>
    public static Task<T> GetAsync<T>(Func<Task<T?>> ask, TimeSpan timeout, Func<string> explain)
        where T : class => GetAsync(ask, timeout, Pause, explain);

    /// <summary>Waits until a condition in this process holds.</summary>
    /// <param name="condition">The condition, which is quick to look at.</param>
    /// <param name="what">What to say when it stays false.</param>
    /// <exception cref="TimeoutException">The condition stayed false.</exception>
    public static Task TrueAsync(Func<bool> condition, string what) =>
        GetAsync(() => Task.FromResult(condition() ? what : null), Deadline, ShortPause, () => what);

    /// <summary>As <see cref="TrueAsync"/>, but on this thread and without a timer, for tests in which the thread pool is busy.</summary>
    /// <param name="condition">The condition, which is quick to look at.</param>
    /// <param name="explain">What to say when it stays false.</param>
    /// <exception cref="TimeoutException">The condition stayed false.</exception>
    public static void True(Func<bool> condition, Func<string>? explain = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            ThrowAfter(Deadline, start, explain ?? (() => "the condition stayed false"));
            Thread.Yield();
            Thread.SpinWait(2000);
        }
    }

    private static async Task<T> GetAsync<T>(Func<Task<T?>> ask, TimeSpan timeout, TimeSpan pause, Func<string> explain)
        where T : class
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await ask() is { } answer)
            {
                return answer;
            }

            ThrowAfter(timeout, start, explain);
            await Task.Delay(pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static void ThrowAfter(TimeSpan timeout, long start, Func<string> explain)
    {
        if (Stopwatch.GetElapsedTime(start) > timeout)
        {
            throw new TimeoutException($"not within {timeout.TotalSeconds:0.#} s: {explain()}");
        }
    }
}
