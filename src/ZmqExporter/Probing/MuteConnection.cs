namespace ZmqExporter.Probing;

/// <summary>
/// What it means that a connection stays mute, by what became of a fresh one: all probers judge it here. What anybody gets who connects now
/// is more than that nobody answers; only a fresh connection on which nobody says a word either lets the process be called frozen.
/// </summary>
/// <param name="Reason">The reason; <see cref="FailureReason.LocalError"/> when nobody can know.</param>
/// <param name="Reachable">Whether a process that speaks ZMTP listens there.</param>
/// <param name="Detail">The verdict in words.</param>
internal sealed record MuteConnection(FailureReason Reason, bool? Reachable, string Detail)
{
    /// <summary>Whether nobody can know because the fresh connection was held back (<see cref="ProbeResult.IsHeldBack"/>).</summary>
    public bool IsHeldBack { get; init; }

    /// <summary>Judges.</summary>
    /// <param name="seen">What stayed without an answer, in words that a colon can follow.</param>
    /// <param name="silence">What is known beyond that.</param>
    /// <param name="frozen">The reason when nobody says a word.</param>
    public static MuteConnection Judge(string seen, SilenceEvidence silence, FailureReason frozen = FailureReason.ReplyTimeout)
    {
        var fresh = silence.Fresh;
        if (fresh is { IsLocal: true })
        {
            return new MuteConnection(
                FailureReason.LocalError, Reachable: null, $"{seen}; a fresh connection that could tell why could not be made: {fresh.Error.Message}")
            {
                IsHeldBack = fresh.Error.IsHeldBack,
            };
        }

        if (fresh is { IsMute: false })
        {
            return new MuteConnection(
                ProbeFailures.Reason(fresh.Error.Code), fresh.IsReachable, $"{seen}; of a fresh connection the verdict is: {fresh.Error.Message}");
        }

        // The kernel of a frozen process still acknowledges what comes; nobody does for a host that is gone.
        var what = silence.IsAcknowledged switch
        {
            true => "the process is frozen, or a proxy or load balancer between holds the connection; what we sent was acknowledged, but nothing answers it",
            false => "the network or the host is lost; nobody acknowledged what we sent",
            null => "the process is frozen, or the network lost it",
        };
        var beside = fresh is null ? "" : $" (of a fresh connection the verdict is: {fresh.Error.Message})";
        return new MuteConnection(frozen, Reachable: false, $"{seen}: {what}{beside}");
    }

    /// <summary>The verdict as a probe's result.</summary>
    public ProbeResult ToResult() => Reason == FailureReason.LocalError ? ProbeResult.Local(Detail, IsHeldBack) : ProbeResult.Miss(Reason, Detail, Reachable);
}

/// <summary>What is known of a connection on which nothing comes: all that asks a peer for a sign of life ends with it.</summary>
/// <param name="IsAcknowledged">Whether the peer's kernel acknowledged all that was sent; null when nobody tells.</param>
/// <param name="Fresh">How a fresh connection failed; null when none was tried or it did not end.</param>
internal readonly record struct SilenceEvidence(bool? IsAcknowledged, FreshFailure? Fresh);
