namespace ZmqExporter.Benchmarks.Soak;

/// <summary>How a server of the soak behaves, and what the exporter has to say of it.</summary>
/// <param name="Name">Short, for the report.</param>
/// <param name="State">The state that the target must reach.</param>
/// <param name="Reasons">The reasons that are true; empty where a probe is answered.</param>
internal sealed record SoakMode(string Name, string State, params string[] Reasons)
{
    /// <summary>Answers at once.</summary>
    public static SoakMode Healthy { get; } = new("healthy", "up");

    /// <summary>Answers after <c>late_after</c>, and before the timeout.</summary>
    public static SoakMode Late { get; } = new("late", "degraded");

    /// <summary>Takes requests and answers PINGs, and never replies: a hung application.</summary>
    public static SoakMode Hang { get; } = new("hang", "down", "reply_timeout");

    /// <summary>Replies after the timeout.</summary>
    public static SoakMode Stale { get; } = new("stale", "down", "reply_timeout");

    /// <summary>Reads and accepts nothing: a process stopped by SIGSTOP.</summary>
    public static SoakMode Freeze { get; } = new("freeze", "down", "reply_timeout", "handshake_timeout", "connect_timeout"); // its backlog fills up

    /// <summary>Has gone, with its connections and its port.</summary>
    public static SoakMode Refuse { get; } = new("refuse", "down", "refused");

    /// <summary>Answers what no healthy server would.</summary>
    public static SoakMode Lie { get; } = new("lie", "down", "unexpected_reply");

    /// <summary>Resets the connection at each request.</summary>
    public static SoakMode Reset { get; } = new("reset", "down", "disconnected");

    /// <summary>Another program has taken the port.</summary>
    public static SoakMode Garbage { get; } = new("garbage", "down", "not_zmtp");

    /// <summary>Sends half of a reply.</summary>
    public static SoakMode Cut { get; } = new("cut", "down", "reply_timeout");

    /// <summary>Announces a reply of two gigabytes.</summary>
    public static SoakMode Huge { get; } = new("huge", "down", "too_large");

    /// <summary>All but healthy.</summary>
    public static IReadOnlyList<SoakMode> Faults { get; } = [Late, Hang, Stale, Freeze, Refuse, Lie, Reset, Garbage, Cut, Huge];
}
