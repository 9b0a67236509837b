namespace Zmtp.Connections;

/// <summary>How a lost connection is made again. Immutable.</summary>
public sealed record ReconnectOptions
{
    /// <value>Wait before the first attempt. Default 250 ms.</value>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <value>The wait doubles with each failure up to this. Default 30 s.</value>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <value>
    /// How many attempts that nobody waits for may follow one another; <see cref="PersistentConnection.Open"/> makes further ones. One that was
    /// open for a minute lets them begin again. Default: any number.
    /// </value>
    public int MaxRetries { get; init; } = int.MaxValue;

    /// <value>Deadline of an attempt that nobody waits for. Default 5 s.</value>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait after some failures in a row: half of it is certain, half is chance.</summary>
    /// <param name="failures">At least one.</param>
    public TimeSpan JitteredDelayAfter(int failures) => DelayAfter(failures) * (0.5 + (Random.Shared.NextDouble() / 2));

    /// <summary>The wait after some failures in a row, before jitter.</summary>
    /// <param name="failures">At least one.</param>
    public TimeSpan DelayAfter(int failures)
    {
        var doublings = Math.Min(failures - 1, 30);
        return TimeSpan.FromTicks((long)Math.Min(MaxDelay.Ticks, InitialDelay.Ticks * Math.Pow(2, doublings)));
    }
}
