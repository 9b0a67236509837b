namespace ZmqExporter.Probing;

/// <summary>What loops counted. Immutable.</summary>
/// <param name="Messages">Messages that were sent.</param>
/// <param name="Lost">Those of them that did not come by the timeout.</param>
/// <param name="Duplicates">How often one came that had come.</param>
/// <param name="Reordered">Those that came after one that was sent later.</param>
internal sealed record LoopCounters(long Messages, long Lost, long Duplicates, long Reordered)
{
    /// <summary>Before anything was sent.</summary>
    public static LoopCounters None { get; } = new(0, 0, 0, 0);

    /// <summary>Both together.</summary>
    public static LoopCounters operator +(LoopCounters left, LoopCounters right) => new(
        left.Messages + right.Messages, left.Lost + right.Lost, left.Duplicates + right.Duplicates, left.Reordered + right.Reordered);
}
