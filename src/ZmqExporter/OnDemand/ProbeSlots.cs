namespace ZmqExporter.OnDemand;

/// <summary>Bounds how many probes run on demand at a time, so that the scheduled ones keep what they need. Thread-safe.</summary>
/// <param name="most">How many at a time.</param>
/// <param name="freeDescriptors">How many descriptors connections may still take now.</param>
internal sealed class ProbeSlots(int most, Func<int> freeDescriptors)
{
    // For scheduled probes that have to connect: a probe on demand must not take the last ones.
    private const int Spare = 16;

    private int _taken;

    /// <summary>How many a process may run that may open so many files: three quarters of the connections to its own port that one address may
    /// have, so that probes that hang keep nobody from /metrics.</summary>
    public static int MostFor(int descriptors) => Math.Clamp((descriptors - 256) / 32, 6, 48);

    /// <summary>How many descriptors they need together: for each a look-up of a name, and after it a connection and a second one.</summary>
    /// <param name="descriptors">How many files this process may open.</param>
    public static int DescriptorsFor(int descriptors) => (3 * MostFor(descriptors)) + Spare;

    /// <summary>Takes a slot, which the caller gives back.</summary>
    /// <returns>Null, or why there is none.</returns>
    public string? TryTake()
    {
        if (freeDescriptors() < Spare)
        {
            return "too few file descriptors are left for a probe on demand: raise the limit (ulimit -n, LimitNOFILE)";
        }

        if (Interlocked.Increment(ref _taken) > most)
        {
            Return();
            return FormattableString.Invariant($"{most} probes on demand run already");
        }

        return null;
    }

    /// <summary>Gives one back.</summary>
    public void Return() => Interlocked.Decrement(ref _taken);
}
