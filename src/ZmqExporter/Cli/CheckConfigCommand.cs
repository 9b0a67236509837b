using System.CommandLine;
using System.Globalization;
using ZmqExporter.Configuration;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter check-config FILE</c>: every error of a configuration at once.</summary>
internal static class CheckConfigCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The configuration" };
        var command = new Command("check-config", "Check a configuration and print every error") { file };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(file),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string file, TextWriter output, TextWriter error)
    {
        var result = ConfigLoader.Load(file);
        if (result.Config is not { } config)
        {
            ConfigErrorReport.Write(result, error);
            return ExitCode.Failed;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{file}: ok, {config.Modules.Count} modules, {config.Targets.Length} targets with their modules"));
        return ExitCode.Ok;
    }
}
