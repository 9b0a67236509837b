namespace ZmqExporter.Targets;

/// <summary>
/// What is kept of a target over a restart of the exporter: plain numbers and texts, so that they can be written and read by any version
/// that knows their names. Immutable.
/// </summary>
internal sealed record TargetMemory
{
    /// <summary>The key's target.</summary>
    public required string Target { get; init; }

    /// <summary>The key's module.</summary>
    public required string Module { get; init; }

    /// <summary>When this was true.</summary>
    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>When its counters began.</summary>
    public DateTimeOffset Created { get; init; }

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

    /// <summary>When it last changed between answering and down, the oldest first.</summary>
    public DateTimeOffset[] SideChanges { get; init; } = [];

    /// <summary>Its last results, the oldest first.</summary>
    public RecentMemory[] Recent { get; init; } = [];

    /// <summary>The same without what is missing: whoever reads a file gets null for a member that is not in it, whatever its default is.</summary>
    public TargetMemory Completed() => this with
    {
        State = State ?? "",
        SuspectedFrom = SuspectedFrom ?? "",
        LastResult = LastResult is { Outcome: not null } result ? result with { Detail = result.Detail ?? "" } : null,
        StateChanges = StateChanges ?? [],
        Failures = Failures ?? [],
        ConnectionEvents = ConnectionEvents ?? [],
        RoundTrips = RoundTrips is { Bounds: not null, Counts: not null, Exponential: not null } ? RoundTrips : null,
        SideChanges = SideChanges ?? [],
        Recent = [.. (Recent ?? []).Where(recent => recent is not null)],
    };
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
    long Messages, long Bytes, long Lost, long LostWhileDisconnected, long Resets, long Untracked, DateTimeOffset? LastMessage);

/// <summary>What is kept of one of the last results.</summary>
internal sealed record RecentMemory(DateTimeOffset At, string Outcome, string? Reason, double? RoundTripSeconds);
