namespace ZmqExporter.Conformance;

/// <summary>How a server keeps to one rule of the heartbeat protocol. Immutable.</summary>
/// <param name="Name">A short name.</param>
/// <param name="Rule">What the server has to do.</param>
/// <param name="Outcome">Whether it does.</param>
/// <param name="Sent">What was sent, in words; empty for nothing.</param>
/// <param name="Came">What came, in words; empty for nothing.</param>
/// <param name="Problem">What is wrong, or why the rule says nothing here; empty when all is well.</param>
internal sealed record ConformanceCheck(string Name, string Rule, ConformanceOutcome Outcome, string Sent, string Came, string Problem)
{
    /// <summary>A rule that was tried.</summary>
    public static ConformanceCheck Of(string name, string rule, string sent, string came, string? problem) =>
        new(name, rule, problem is null ? ConformanceOutcome.Ok : ConformanceOutcome.Failed, sent, came, problem ?? "");

    /// <summary>A rule that says nothing of this server.</summary>
    public static ConformanceCheck NotApplicable(string name, string rule, string why) => new(name, rule, ConformanceOutcome.NotApplicable, "", "", why);
}

/// <summary>Whether a server keeps to a rule.</summary>
internal enum ConformanceOutcome
{
    /// <summary>It does.</summary>
    Ok,

    /// <summary>It does not.</summary>
    Failed,

    /// <summary>The rule says nothing of this server.</summary>
    NotApplicable,
}
