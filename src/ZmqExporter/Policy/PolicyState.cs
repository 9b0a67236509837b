namespace ZmqExporter.Policy;

/// <summary>Everything that the failure policy remembers of one target. Immutable; the default value is "no result yet".</summary>
/// <param name="State">The debounced state.</param>
/// <param name="SuspectedFrom">While suspect: the state in which the first miss came.</param>
/// <param name="Misses">Consecutive misses.</param>
/// <param name="Answers">Consecutive answers, on time or late.</param>
/// <param name="OnTimeAnswers">Consecutive answers on time.</param>
/// <param name="LateAnswers">Consecutive late answers.</param>
internal readonly record struct PolicyState(
    TargetState State,
    TargetState SuspectedFrom,
    int Misses,
    int Answers,
    int OnTimeAnswers,
    int LateAnswers);
