namespace ZmqExporter.Scheduling;

/// <summary>One instant on both clocks. Grids are placed by the wall clock here, once, and then only advance on the monotonic one.</summary>
/// <param name="Wall">The instant on the wall clock.</param>
/// <param name="Timestamp">The same instant on the monotonic clock.</param>
internal readonly record struct ScheduleOrigin(DateTimeOffset Wall, Timestamp Timestamp)
{
    /// <summary>This instant.</summary>
    public static ScheduleOrigin Now(TimeProvider time) => new(time.GetUtcNow(), Timestamp.Now(time));
}
