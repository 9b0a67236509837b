namespace ZmqExporter.Targets.History;

/// <summary>A duration in two bytes, or none: right to three digits from microseconds up to a minute, and a minute beyond. Immutable.</summary>
internal readonly record struct PackedDuration
{
    private readonly Half _milliseconds;

    /// <param name="duration">What is kept; null for none.</param>
    public PackedDuration(TimeSpan? duration) =>
        _milliseconds = duration is { } value ? (Half)Math.Clamp(value.TotalMilliseconds, 0, (double)Half.MaxValue) : Half.NaN;

    /// <summary>The duration; null for none.</summary>
    public TimeSpan? Value => Half.IsFinite(_milliseconds) && _milliseconds >= Half.Zero ? TimeSpan.FromMilliseconds((double)_milliseconds) : null;
}
