using System.Collections.Immutable;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>How a probe ended, as the failure policy sees it.</summary>
internal enum ProbeOutcome
{
    /// <summary>An acceptable answer by the soft deadline.</summary>
    OnTime,

    /// <summary>An acceptable answer between the soft and the hard deadline.</summary>
    Late,

    /// <summary>No acceptable answer by the hard deadline.</summary>
    Miss,

    /// <summary>We could not ask: says nothing about the target.</summary>
    LocalError,

    /// <summary>Too early to say: a subscription that has just begun. The state stays what it is.</summary>
    Pending,
}

/// <summary>The raw truth of one probe. Immutable.</summary>
internal sealed record ProbeResult
{
    /// <summary>How it ended.</summary>
    public required ProbeOutcome Outcome { get; init; }

    /// <summary>Why it missed; null for an answer.</summary>
    public FailureReason? Reason { get; init; }

    /// <summary>One sentence for people; may be empty for an answer on time.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Of an answer that did not simply come: what was found on the way, such as a kept connection that was dead; else empty.</summary>
    public string Found { get; init; } = "";

    /// <summary>Whether the answer itself took longer than the soft deadline: an answer is late for what was found on the way, too.</summary>
    public bool IsSlow { get; init; }

    /// <summary>Does a process that speaks ZMTP listen there? Null when the probe cannot know.</summary>
    public bool? Reachable { get; init; }

    /// <summary>Did the application behind it answer in time? Null when the probe cannot know.</summary>
    public bool? Responsive { get; init; }

    /// <summary>Was the answer that of a healthy server? Null when the probe cannot know.</summary>
    public bool? Ready { get; init; }

    /// <summary>Whether nothing was asked, because too many connections go to the same address: then there was no probe, and nothing may be recorded.</summary>
    public bool IsHeldBack { get; init; }

    /// <summary>Round trip of the request (all steps), null without an answer.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>Start to end of the whole probe.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>How long each phase took.</summary>
    public PhaseDurations Phases { get; init; }

    /// <summary>Whether the peer's READY was all that the probe looked at, so that no work came: our side of the handshake was never ended.</summary>
    public bool OnlyLooked { get; init; }

    /// <summary>What the peer said of itself, or null when it did not get to speak.</summary>
    public PeerInfo? Peer { get; init; }

    /// <summary>The numbers of the reply, or of the feed; none unless it was acceptable.</summary>
    public MessageValues? Values { get; init; }

    /// <summary>What a loop counted; null for other probers, and where nobody can know.</summary>
    public LoopCounters? Loop { get; init; }

    /// <summary>The mappings that found nothing in the reply, or in any message since the last probe; null when nothing came in which they could.</summary>
    public ImmutableArray<UnmappedSource>? Unmapped { get; init; }

    /// <summary>Those of which it is certain.</summary>
    public ImmutableArray<UnmappedSource>? CertainlyUnmapped =>
        Unmapped is { } all && all.Any(source => source.FirstMessages > 0) ? [.. all.Where(source => source.FirstMessages == 0)] : Unmapped;

    /// <summary>An acceptable answer.</summary>
    /// <param name="outcome">On time or late.</param>
    /// <param name="detail">One sentence; may be empty.</param>
    /// <param name="reachable">See <see cref="Reachable"/>.</param>
    public static ProbeResult Answer(ProbeOutcome outcome, string detail, bool? reachable) =>
        new() { Outcome = outcome, Detail = detail, Reachable = reachable };

    /// <summary>Too early to say.</summary>
    public static ProbeResult Pending(string detail, bool? reachable) =>
        new() { Outcome = ProbeOutcome.Pending, Detail = detail, Reachable = reachable };

    /// <summary>No acceptable answer.</summary>
    public static ProbeResult Miss(FailureReason reason, string detail, bool? reachable) =>
        new() { Outcome = ProbeOutcome.Miss, Reason = reason, Detail = detail, Reachable = reachable };

    /// <summary>We could not ask, or cannot know.</summary>
    public static ProbeResult Local(string detail, bool isHeldBack = false) =>
        new() { Outcome = ProbeOutcome.LocalError, Reason = FailureReason.LocalError, Detail = detail, IsHeldBack = isHeldBack };
}

/// <summary>Durations of the phases; null when a phase was not reached. A reused connection shows how it was made. Immutable.</summary>
internal readonly record struct PhaseDurations
{
    // Ticks and one, or 0: each result and each target has five, and a nullable takes twice the room.
    private readonly long _resolve;
    private readonly long _connect;
    private readonly long _handshake;
    private readonly long _ping;
    private readonly long _request;

    public PhaseDurations(TimeSpan? resolve, TimeSpan? connect, TimeSpan? handshake, TimeSpan? ping, TimeSpan? request)
    {
        _resolve = Pack(resolve);
        _connect = Pack(connect);
        _handshake = Pack(handshake);
        _ping = Pack(ping);
        _request = Pack(request);
    }

    /// <summary>Until the host name was an address.</summary>
    public TimeSpan? Resolve => Unpack(_resolve);

    /// <summary>Until the connection was made.</summary>
    public TimeSpan? Connect => Unpack(_connect);

    /// <summary>From there until the handshake was done.</summary>
    public TimeSpan? Handshake => Unpack(_handshake);

    /// <summary>From a PING to its PONG.</summary>
    public TimeSpan? Ping => Unpack(_ping);

    /// <summary>From the first request to the last reply, or to the end of the probe when that did not come.</summary>
    public TimeSpan? Request => Unpack(_request);

    // A duration of less than nothing is none that anybody measured.
    private static long Pack(TimeSpan? duration) => duration is { } value ? Math.Max(value.Ticks, 0) + 1 : 0;

    private static TimeSpan? Unpack(long packed) => packed == 0 ? null : TimeSpan.FromTicks(packed - 1);
}
