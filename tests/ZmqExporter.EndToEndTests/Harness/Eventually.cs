using System.Diagnostics;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>Waits for a condition with a deadline, never for a time.</summary>
internal static class Eventually
{
    /// <summary>Long enough for a busy machine: only failures ever wait for it.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Asks until the answer is not null.</summary>
    /// <param name="ask">Gives the answer, or null for "not yet".</param>
    /// <param name="timeout">When to give up.</param>
    /// <param name="explain">What to say then.</param>
    public static async Task<T> GetAsync<T>(Func<Task<T?>> ask, TimeSpan timeout, Func<string> explain)
        where T : class
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await ask() is { } answer)
            {
                return answer;
            }

            if (Stopwatch.GetElapsedTime(start) > timeout)
            {
                throw new TimeoutException($"not within {timeout.TotalSeconds:0.#} s: {explain()}");
            }

            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
