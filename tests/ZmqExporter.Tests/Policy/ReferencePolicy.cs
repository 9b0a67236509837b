using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Policy;

/// <summary>The policy said another way: nothing is counted step by step, each state is read off the whole history before it.</summary>
internal static class ReferencePolicy
{
    /// <summary>What is true after the last outcome of the history.</summary>
    public static PolicyState After(PolicyConfig policy, ProbeOutcome[] history)
    {
        // What came before our own fault does not count.
        var known = history[(Array.LastIndexOf(history, ProbeOutcome.LocalError) + 1)..];
        var states = new TargetState[known.Length + 1];
        for (var length = 1; length <= known.Length; length++)
        {
            states[length] = StateOf(policy, known.AsSpan(0, length), states);
        }

        var misses = Trailing(known, Is.Miss);
        return new PolicyState(
            states[^1],
            states[^1] == TargetState.Suspect ? states[known.Length - misses] : TargetState.Unknown,
            misses,
            Trailing(known, Is.Answer),
            Trailing(known, Is.OnTime),
            Trailing(known, Is.Late));
    }

    private static TargetState StateOf(PolicyConfig policy, ReadOnlySpan<ProbeOutcome> history, TargetState[] states)
    {
        var misses = Trailing(history, Is.Miss);
        if (misses > 0)
        {
            var beforeThem = states[history.Length - misses];
            return misses >= policy.DownAfter || beforeThem == TargetState.Down ? TargetState.Down : TargetState.Suspect;
        }

        var before = states[history.Length - 1];
        switch (before)
        {
            case TargetState.Unknown:
                return TargetState.Up;
            case TargetState.Suspect:
                var suspected = states[history.Length - 1 - Trailing(history[..^1], Is.Miss)];
                return suspected == TargetState.Unknown ? TargetState.Up : suspected;
            case TargetState.Up:
                return EndsWith(history, policy.DegradedAfter, Is.Late) ? TargetState.Degraded : TargetState.Up;
            case TargetState.Degraded:
                return EndsWith(history, policy.UpAfter, Is.OnTime) ? TargetState.Up : TargetState.Degraded;
            default:
                return !EndsWith(history, policy.UpAfter, Is.Answer) ? TargetState.Down
                    : EndsWith(history, policy.UpAfter, Is.OnTime) ? TargetState.Up
                    : TargetState.Degraded;
        }
    }

    private static bool EndsWith(ReadOnlySpan<ProbeOutcome> history, int count, Func<ProbeOutcome, bool> kind) =>
        Trailing(history, kind) >= count;

    private static int Trailing(ReadOnlySpan<ProbeOutcome> history, Func<ProbeOutcome, bool> kind)
    {
        var count = 0;
        while (count < history.Length && kind(history[^(count + 1)]))
        {
            count++;
        }

        return count;
    }

    private static class Is
    {
        public static readonly Func<ProbeOutcome, bool> Miss = outcome => outcome == ProbeOutcome.Miss;
        public static readonly Func<ProbeOutcome, bool> OnTime = outcome => outcome == ProbeOutcome.OnTime;
        public static readonly Func<ProbeOutcome, bool> Late = outcome => outcome == ProbeOutcome.Late;
        public static readonly Func<ProbeOutcome, bool> Answer = outcome => outcome is ProbeOutcome.OnTime or ProbeOutcome.Late;
    }
}
