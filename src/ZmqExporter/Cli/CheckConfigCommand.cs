using System.CommandLine;
using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Discovery;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter check-config FILE</c>: every error of a configuration at once.</summary>
internal static class CheckConfigCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The configuration" };
        var web = new Option<bool>("--web") { Description = "It is a file for --web.config.file" };
        var command = new Command("check-config", "Check a configuration and print every error") { file, web };
        command.SetAction(parsed => (parsed.GetValue(web) ? (Func<string, TextWriter, TextWriter, int>)CheckWebConfig.Run : Run)(
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

        var files = TargetFilesCheck.Of(result, ConfigInputs.System);
        if (!files.Errors.IsEmpty)
        {
            ConfigErrorReport.Write(result with { Errors = files.Errors }, error);
            return ExitCode.Failed;
        }

        // There is an entry for each module of a target.
        var targets = files.Targets.Select(target => target.Name).Distinct(StringComparer.Ordinal).Count();
        var pairs = targets == files.Targets.Length ? "" : $" ({Count(files.Targets.Length, "pair")} of a target and a module)";
        output.WriteLine($"{file}: ok, {Count(config.Modules.Count, "module")}, {Count(targets, "target")}{pairs}");
        foreach (var warning in files.Warnings)
        {
            error.WriteLine($"warning: {warning}");
        }

        if (files.Targets.IsEmpty && config.TargetUrls.IsEmpty)
        {
            error.WriteLine($"{file}: warning: there are no targets, so nothing will be probed");
        }

        return ExitCode.Ok;
    }

    private static string Count(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
