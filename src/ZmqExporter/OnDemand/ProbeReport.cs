using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;

namespace ZmqExporter.OnDemand;

/// <summary>What came of one probe on demand. Immutable.</summary>
/// <param name="Conversation">All that was seen.</param>
/// <param name="Started">When it began.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record ProbeReport(ProbeConversation Conversation, DateTimeOffset Started, TimeSpan Duration)
{
    /// <summary>The raw result.</summary>
    public ProbeResult Result => Conversation.Result;

    /// <summary>Whether there was an acceptable answer, be it late.</summary>
    public bool IsSuccess => Result.Outcome is ProbeOutcome.OnTime or ProbeOutcome.Late;

    /// <summary>Why there was none. Without a schedule nobody asks again later: a subscription that brought nothing in all of its time was silent.</summary>
    public FailureReason? Reason => IsSuccess ? null : Result.Reason ?? FailureReason.Silent;
}
