using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Http.Pages;

/// <summary>Where the program's own docs explain something, as links from the root.</summary>
internal static class DocLinks
{
    private const string Runbook = "docs/runbook#";

    /// <summary>What a failure reason means, with its causes and remedies.</summary>
    public static string Of(FailureReason reason) => "docs/failure-reasons#" + reason.Label();

    /// <summary>What to do about a state: the runbook's section; null when there is nothing to do.</summary>
    public static string? RunbookOf(TargetState state, FailureReason? reason, bool isReachable, bool isFlapping) => (state, reason) switch
    {
        (TargetState.Up, _) when isFlapping => Runbook + "zmqtargetflapping",
        (TargetState.Up, _) => null,
        (TargetState.Degraded, _) => Runbook + "zmqtargetdegraded",
        (TargetState.Unknown, _) => Runbook + "zmqtargetunknown",
        (TargetState.Suspect, _) => Runbook + "zmqtargetrecurringmisses",
        (_, FailureReason.Auth or FailureReason.Mechanism) => Runbook + "zmqtargetauthfailing",
        (_, FailureReason.Silent) => Runbook + "zmqpublishersilent",
        _ => Runbook + (isReachable ? "zmqtargetunresponsive" : "zmqtargetdown"),
    };
}
