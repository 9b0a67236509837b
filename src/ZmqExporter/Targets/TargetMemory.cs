using ZmqExporter.Probing;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Targets;

/// <summary>
/// What is kept of a target over a restart of the exporter: plain numbers and texts, so that they can be written and read by any version
/// that knows their names. Immutable.
/// </summary>
internal sealed record TargetMemory
{
    private const long MostCounted = 1L << 53; // beyond that Prometheus does not count one by one

    private static readonly DateTimeOffset EarliestTime = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The key's target.</summary>
    public required string Target { get; init; }

    /// <summary>The key's module.</summary>
    public required string Module { get; init; }

    /// <summary>Where it was.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>By which client it was probed.</summary>
    public string Client { get; init; } = "";

    /// <summary>By which prober.</summary>
    public string Prober { get; init; } = "";

    /// <summary>When this was true.</summary>
    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>When its counters began; null when they begin now.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>The label of its state.</summary>
    public string State { get; init; } = "";

    /// <summary>While suspect: the label of the state before.</summary>
    public string SuspectedFrom { get; init; } = "";

    /// <summary>When it entered its state.</summary>
    public DateTimeOffset StateSince { get; init; }

    /// <summary>Misses in a row.</summary>
    public int Misses { get; init; }

    /// <summary>Answers in a row.</summary>
    public int Answers { get; init; }

    /// <summary>Answers on time in a row.</summary>
    public int OnTimeAnswers { get; init; }

    /// <summary>Late answers in a row.</summary>
    public int LateAnswers { get; init; }

    /// <summary>When its last probe ended; null before the first.</summary>
    public DateTimeOffset? LastProbe { get; init; }

    /// <summary>When it last answered; null when it never did.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>What the last probe said; null before the first.</summary>
    public ResultMemory? LastResult { get; init; }

    /// <summary>Probes that ended.</summary>
    public long Probes { get; init; }

    /// <summary>Those without an acceptable answer.</summary>
    public long MissesInAll { get; init; }

    /// <summary>Those answered late.</summary>
    public long Late { get; init; }

    /// <summary>Replies that came after their probe.</summary>
    public long StaleReplies { get; init; }

    /// <summary>Values that were more than their metric may have series.</summary>
    public long DroppedValues { get; init; }

    /// <summary>Changes of state, by label.</summary>
    public Dictionary<string, long> StateChanges { get; init; } = [];

    /// <summary>Results without an answer, by the reason's label.</summary>
    public Dictionary<string, long> Failures { get; init; } = [];

    /// <summary>Events of its connections, by label.</summary>
    public Dictionary<string, long> ConnectionEvents { get; init; } = [];

    /// <summary>Its round trips; null when none are kept.</summary>
    public HistogramMemory? RoundTrips { get; init; }

    /// <summary>What its subscription brought; null for other probers.</summary>
    public SubscriptionMemory? Subscription { get; init; }

    /// <summary>What its loops counted; null for other probers.</summary>
    public LoopCounters? Loop { get; init; }

    /// <summary>What its heartbeats said; null for modules without them.</summary>
    public HeartbeatMemory? Heartbeat { get; init; }

    /// <summary>When it last changed between answering and down, the oldest first.</summary>
    public DateTimeOffset[] SideChanges { get; init; } = [];

    /// <summary>Its past: what happened happened, also when the exporter was killed. Null when there is none.</summary>
    public HistoryMemory? History { get; init; }

    /// <summary>
    /// What is true still when some of what came after it is not known, as after a kill: what happened happened. But counters begin again,
    /// because they would go back, and so does the state, because it may have been another one since.
    /// </summary>
    public TargetMemory AfterCrash() => this with
    {
        Created = null,
        LastProbe = null,
        LastResult = null,
        Probes = 0,
        MissesInAll = 0,
        Late = 0,
        StaleReplies = 0,
        DroppedValues = 0,
        StateChanges = [],
        Failures = [],
        ConnectionEvents = [],
        RoundTrips = null,
        Loop = null,
        Heartbeat = Heartbeat is null ? null : Heartbeat with { Restarts = 0 },
        Subscription = Subscription is null ? null : new SubscriptionMemory(0, 0, 0, 0, 0, 0, Subscription.LastMessage),
    };

    /// <summary>Whether it can be true at all. Times to come are none of this: a clock may have been set back.</summary>
    public bool IsSensible() =>
        Counts().All(count => count is >= 0 and <= MostCounted)
        && Times().All(time => time > EarliestTime)
        && (RoundTrips is null || (double.IsFinite(RoundTrips.Sum) && RoundTrips.Sum >= 0));

    /// <summary>The same without what is missing: whoever reads a file gets null for a member that is not in it, whatever its default is.</summary>
    public TargetMemory Completed() => this with
    {
        State = State ?? "",
        SuspectedFrom = SuspectedFrom ?? "",
        Endpoint = Endpoint ?? "",
        Client = Client ?? "",
        Prober = Prober ?? "",
        LastResult = LastResult is { Outcome: not null } result ? result with { Detail = result.Detail ?? "" } : null,
        StateChanges = StateChanges ?? [],
        Failures = Failures ?? [],
        ConnectionEvents = ConnectionEvents ?? [],
        RoundTrips = RoundTrips is { Bounds: not null, Counts: not null, Exponential: not null } ? RoundTrips : null,
        SideChanges = SideChanges ?? [],
    };

    private IEnumerable<long> Counts() =>
    [
        Misses, Answers, OnTimeAnswers, LateAnswers, Probes, MissesInAll, Late, StaleReplies, DroppedValues,
        .. StateChanges.Values, .. Failures.Values, .. ConnectionEvents.Values,
        .. RoundTrips is { } histogram ? [histogram.Zeros, .. histogram.Counts, .. histogram.Exponential.Where((_, i) => i % 2 == 1)] : Array.Empty<long>(),
        Heartbeat?.Restarts ?? 0,
        .. Loop is { } loops ? [loops.Messages, loops.Lost, loops.Duplicates, loops.Reordered] : Array.Empty<long>(),
        .. Subscription is { } counts ? [counts.Messages, counts.Bytes, counts.Lost, counts.LostWhileDisconnected, counts.Resets, counts.Untracked, counts.Followed] : Array.Empty<long>(),
    ];

    private IEnumerable<DateTimeOffset> Times() =>
        new[] { StateSince, Created, LastProbe, LastSuccess, RoundTrips?.Created, Subscription?.LastMessage, Heartbeat?.LastBeat?.At }.OfType<DateTimeOffset>();
}

/// <summary>What is kept of the last result.</summary>
internal sealed record ResultMemory(string Outcome, string? Reason, string Detail, bool? Reachable, bool? Responsive, bool? Ready, double? RoundTripSeconds, double ElapsedSeconds);

/// <summary>What is kept of a histogram.</summary>
/// <param name="Bounds">Upper bounds in seconds.</param>
/// <param name="Counts">One more than there are bounds.</param>
/// <param name="Sum">In seconds.</param>
/// <param name="Created">When it began to count.</param>
/// <param name="Zeros">Observations of nothing.</param>
/// <param name="Exponential">Index and count of each exponential bucket, in turn.</param>
internal sealed record HistogramMemory(double[] Bounds, long[] Counts, double Sum, DateTimeOffset Created, long Zeros, long[] Exponential);

/// <summary>What is kept of a subscription.</summary>
internal sealed record SubscriptionMemory(
    long Messages, long Bytes, long Lost, long LostWhileDisconnected, long Resets, long Untracked, DateTimeOffset? LastMessage)
{
    /// <summary>Messages whose number could be followed.</summary>
    public long Followed { get; init; }
}
