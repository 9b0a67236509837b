using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Targets;

namespace ZmqExporter.Board;

/// <summary>The failure policy of a target in one sentence: what it takes to change the state, how far that has come, and when the next probe is.</summary>
internal static class PolicySentence
{
    private static readonly string Separator = "; ";

    /// <summary>The sentence, such as "Down after 3 misses in a row, 5 s apart; 2 so far; the next probe is in 4 s."</summary>
    public static string Of(TargetSnapshot target)
    {
        var module = target.Config.Module;
        string?[] parts = [.. StateParts(target, module.Policy), NextProbe(target, module.Interval)];
        var text = string.Join(Separator, parts.OfType<string>());
        return char.ToUpperInvariant(text[0]) + text[1..] + ".";
    }

    private static string?[] StateParts(TargetSnapshot target, PolicyConfig policy)
    {
        var module = target.Config.Module;
        var downAfter = $"down after {Misses(policy.DownAfter)}";
        var suspectApart = Apart(policy.DownAfter, policy.SuspectInterval ?? module.Interval);
        return target.State switch
        {
            TargetState.Suspect => [downAfter + suspectApart, SoFar(target.ConsecutiveMisses), $"one answer makes it {SuspectedFrom(target)}"],
            TargetState.Down =>
            [
                $"up after {Answers(policy.UpAfter)}{Apart(policy.UpAfter, policy.DownInterval ?? module.Interval)}, degraded when {(policy.UpAfter == 1 ? "it" : "one of them")} is late",
                target.ConsecutiveAnswers > 0 ? SoFar(target.ConsecutiveAnswers) : $"{Count(target.ConsecutiveMisses, "miss", "misses")} in a row so far",
            ],
            TargetState.Degraded =>
            [
                $"up after {Answers(policy.UpAfter, "on time")}{Apart(policy.UpAfter, module.Interval)}; late is after {Durations.Words(policy.LateAfter)}",
                downAfter,
            ],
            TargetState.Unknown => ["nothing is known yet: the first answer makes it up", downAfter + suspectApart],
            _ =>
            [
                downAfter + suspectApart,
                $"degraded after {Answers(policy.DegradedAfter)} later than {Durations.Words(policy.LateAfter)}",
                target.ConsecutiveLate > 0 ? $"{Count(target.ConsecutiveLate, "late one", "late ones")} so far" : null,
            ],
        };
    }

    private static string? NextProbe(TargetSnapshot target, TimeSpan interval) => target.NextProbeIn switch
    {
        null => null,
        { } next when next < TimeSpan.Zero && -next > interval => $"the next probe is overdue by {Durations.Words(Rounded(-next))}",
        { } next when next < TimeSpan.FromSeconds(1) => "the next probe is now",
        { } next => $"the next probe is in {Durations.Words(Rounded(next))}",
    };

    private static string SuspectedFrom(TargetSnapshot target) =>
        (target.SuspectedFrom == TargetState.Unknown ? TargetState.Up : target.SuspectedFrom).Label() + " again";

    private static string Misses(int count) => count == 1 ? "1 miss" : Text($"{count} misses in a row");

    private static string Answers(int count, string? kind = null)
    {
        var suffix = kind is null ? "" : " " + kind;
        return count == 1 ? $"1 answer{suffix}" : Text($"{count} answers{suffix} in a row");
    }

    private static string Apart(int count, TimeSpan interval) => count == 1 ? "" : $", {Durations.Words(interval)} apart";

    private static string SoFar(int count) => Text($"{count} so far");

    private static string Count(int count, string one, string many) => Text($"{count} {(count == 1 ? one : many)}");

    private static TimeSpan Rounded(TimeSpan duration) => TimeSpan.FromSeconds(Math.Round(duration.TotalSeconds));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
