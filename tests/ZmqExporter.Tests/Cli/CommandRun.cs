using ZmqExporter.Cli;

namespace ZmqExporter.Tests.Cli;

/// <summary>Runs the command line inside the test's process: for what speaks to nobody.</summary>
internal static class CommandRun
{
    /// <summary>Runs it and gives its exit code and what it printed.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await CommandLine.RunAsync(arguments, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
