namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>The real promtool.</summary>
internal static class Promtool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10); // it replays hours of rules, and in tests/run.sh at the lowest priority

    // Its heap is small and lives for seconds: to collect it less often takes a fifth less of the processor.
    private static readonly Dictionary<string, string> Environment = new(StringComparer.Ordinal) { ["GOGC"] = "800" };

    /// <summary>Runs <c>promtool check metrics</c> on a scrape: exit code 0 and no text when nothing is wrong.</summary>
    public static Task<CommandResult> CheckMetricsAsync(string metrics) => RunAsync(["check", "metrics"], metrics);

    /// <summary>Runs <c>promtool check rules</c> with every lint, each of which is fatal.</summary>
    public static Task<CommandResult> CheckRulesAsync(params string[] files) => RunAsync(["check", "rules", "--lint=all", "--lint-fatal", .. files], "");

    /// <summary>Runs <c>promtool check web-config</c>.</summary>
    public static Task<CommandResult> CheckWebConfigAsync(string file) => RunAsync(["check", "web-config", file], "");

    /// <summary>Runs <c>promtool test rules</c>.</summary>
    public static Task<CommandResult> TestRulesAsync(params string[] files) => RunAsync(["test", "rules", .. files], "");

    /// <summary>Runs <c>promtool test rules</c> once for several files and tells what it says of each.</summary>
    public static async Task<IReadOnlyList<RuleTestVerdict>> TestEachAsync(IReadOnlyList<string> files) =>
        RuleTestVerdict.Read(files, await TestRulesAsync([.. files]));

    /// <summary>Runs <c>promtool check service-discovery</c>, which prints what a job discovers, as JSON.</summary>
    public static Task<CommandResult> DiscoverAsync(string configFile, string job) => RunAsync(["check", "service-discovery", configFile, job], "");

    private static async Task<CommandResult> RunAsync(string[] arguments, string input)
    {
        await using var process = ChildProcess.Start("promtool", arguments, "install it with: apt-get install prometheus", environment: Environment);
        await process.WriteInputAsync(input);
        var exitCode = await process.WaitForExitAsync(Patience);
        return new CommandResult(exitCode, string.Join('\n', process.Output), string.Join('\n', process.Error));
    }
}
