namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>The real amtool.</summary>
internal static class Amtool
{
    /// <summary>What to tell who does not have it or Alertmanager.</summary>
    public const string Install = "install it with: apt-get install prometheus-alertmanager";

    /// <summary>Runs it to its end.</summary>
    public static async Task<CommandResult> RunAsync(params string[] arguments)
    {
        await using var process = ChildProcess.Start("amtool", arguments, Install);
        var exitCode = await process.WaitForExitAsync();
        return new CommandResult(exitCode, string.Join('\n', process.Output), string.Join('\n', process.Error));
    }
}
