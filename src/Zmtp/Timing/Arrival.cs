namespace Zmtp.Timing;

/// <summary>
/// When bytes reached this host. On Linux the kernel notes it for TCP, however late we come to read: then both members are the same.
/// Where it does not (Unix sockets, other systems, bytes behind which more had come before we read), all that is known is an interval.
/// </summary>
/// <param name="Earliest">Before this they had not come: when the socket was last found empty, or the kernel's time.</param>
/// <param name="Latest">By this they had come: the kernel's time, or when they were read.</param>
public readonly record struct Arrival(Timestamp Earliest, Timestamp Latest)
{
    /// <summary>How exact the kernel's time is: its clock is another one than that of our timestamps, and may be set by as much without being noticed.</summary>
    public static TimeSpan Tolerance { get; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Whether the moment is known.</summary>
    public bool IsExact => Earliest == Latest;

    /// <summary>An arrival at a known moment.</summary>
    public static Arrival At(Timestamp timestamp) => new(timestamp, timestamp);
}
