using ZmqExporter.Probing;

namespace ZmqExporter.Targets;

/// <summary>
/// What a target keeps of its last probe's result. A value in the target itself: the result that the prober made is garbage at once. Were it kept,
/// each one would live until the next probe, and the collector would have to move thousands of them each time. Immutable.
/// </summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it missed; null for an answer.</param>
/// <param name="Detail">One sentence for people; of an answer, what was found on the way. May be empty for an answer on time.</param>
/// <param name="Reachable">See <see cref="ProbeResult.Reachable"/>.</param>
/// <param name="Responsive">See <see cref="ProbeResult.Responsive"/>.</param>
/// <param name="Ready">See <see cref="ProbeResult.Ready"/>.</param>
/// <param name="RoundTrip">Round trip of the request, null without an answer.</param>
/// <param name="Elapsed">Start to end of the whole probe.</param>
/// <param name="Phases">How long each phase took.</param>
internal readonly record struct LastResult(
    ProbeOutcome Outcome,
    FailureReason? Reason,
    string Detail,
    bool? Reachable,
    bool? Responsive,
    bool? Ready,
    TimeSpan? RoundTrip,
    TimeSpan Elapsed,
    PhaseDurations Phases)
{
    /// <summary>Of a result.</summary>
    public static LastResult Of(ProbeResult result) => new(
        result.Outcome,
        result.Reason,
        result.Detail.Length > 0 ? result.Detail : result.Found,
        result.Reachable,
        result.Responsive,
        result.Ready,
        result.RoundTrip,
        result.Elapsed,
        result.Phases);
}
