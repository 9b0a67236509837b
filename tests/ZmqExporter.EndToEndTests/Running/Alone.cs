namespace ZmqExporter.EndToEndTests.Running;

/// <summary>
/// The tests that measure what many others would disturb: memory, a schedule that must be kept to the probe. They run one by one after all others.
/// <c>tests/run.sh</c> finds them by their trait, gives them a run of their own, and says so by <see cref="Apart"/>: then a few of them run side by side,
/// since most of the time they wait.
/// </summary>
internal static class Alone
{
    private const string Apart = "ZMQ_EXPORTER_TESTS_APART";

    /// <summary>Whether each of them runs alone.</summary>
    public static bool OneByOne { get; } = Environment.GetEnvironmentVariable(Apart) is null;

    /// <summary>Their trait.</summary>
    public static IReadOnlyCollection<KeyValuePair<string, string>> Traits { get; } = [new("run", "alone")];
}
