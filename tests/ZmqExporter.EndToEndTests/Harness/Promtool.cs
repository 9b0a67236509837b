namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>The real promtool.</summary>
internal static class Promtool
{
    /// <summary>Runs <c>promtool check metrics</c> on a scrape: exit code 0 and no text when nothing is wrong.</summary>
    public static async Task<CommandResult> CheckMetricsAsync(string metrics)
    {
        await using var process = ChildProcess.Start("promtool", ["check", "metrics"], "install it with: apt-get install prometheus");
        await process.WriteInputAsync(metrics);
        var exitCode = await process.WaitForExitAsync();
        return new CommandResult(exitCode, string.Join('\n', process.Output), string.Join('\n', process.Error));
    }
}
