namespace ZmqExporter.Probing;

/// <summary>What the number of a message says, after the number of the message before it. Pure; the rules are in docs/subscriptions.md.</summary>
/// <param name="Kind">Which it is.</param>
/// <param name="Lost">How many numbers are missing in between; only for <see cref="SequenceStepKind.Next"/>.</param>
internal readonly record struct SequenceStep(SequenceStepKind Kind, long Lost)
{
    /// <summary>A step back by no more than this is an old message that came again or late.</summary>
    public const ulong ReorderWindow = 64;

    /// <summary>A number that wrapped around is no more than this beyond the last one, or it is a restart.</summary>
    public const ulong WrapWindow = 1 << 20;

    /// <summary>Judges a step.</summary>
    /// <param name="last">The highest number so far.</param>
    /// <param name="next">The number that came.</param>
    /// <param name="max">The highest number that there is.</param>
    /// <param name="hasPassedZero">Whether the publisher has sent 0 since it began to count: a count that begins with 0 does not begin again with 1.</param>
    /// <param name="isReconnected">Whether the connection is another one: then nothing old can come late, so that a step back is a restart.</param>
    public static SequenceStep Between(ulong last, ulong next, ulong max, bool hasPassedZero, bool isReconnected)
    {
        if (next == last)
        {
            return new SequenceStep(SequenceStepKind.Repeat, 0);
        }

        if (next > last)
        {
            if (next - last <= MaxAdvance(max))
            {
                return new SequenceStep(SequenceStepKind.Next, (long)(next - last - 1));
            }

            // Just after the numbers wrapped around, one from before it is a small step back.
            return Back(max - next + last + 1, isRestart: isReconnected);
        }

        var missing = max - last + next;
        return missing < Math.Min(WrapWindow, max / 4)
            ? new SequenceStep(SequenceStepKind.Next, (long)missing)
            : Back(last - next, isRestart: isReconnected || next == 0 || (next == 1 && !hasPassedZero));
    }

    private static SequenceStep Back(ulong distance, bool isRestart) =>
        new(isRestart || distance > ReorderWindow ? SequenceStepKind.Reset : SequenceStepKind.Repeat, 0);

    // Nobody loses that many: the publisher went on at another number.
    private static ulong MaxAdvance(ulong max) => Math.Min((max / 2) + 1, 1UL << 40);
}
