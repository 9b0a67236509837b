using System.CommandLine;
using System.Globalization;
using ZmqExporter.Configuration;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter check-config FILE|-</c>: every error of a configuration at once.</summary>
internal static class CheckConfigCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The configuration, or - for the standard input" };
        var web = new Option<bool>("--web") { Description = "It is a file for --web.config.file" };
        var show = new Option<bool>("--show") { Description = "Print every setting of each target, and where it comes from" };
        var json = new Option<bool>("--json") { Description = "Print the result as one object of JSON" };
        var command = new Command("check-config", "Check a configuration and print every error; exits with 1 when there is one") { file, web, show, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(web) && (result.GetValue(show) || result.GetValue(json) || result.GetValue(file) == ConfigCheck.StandardInput))
            {
                result.AddError("--web goes with neither --show, --json nor the standard input");
            }
        });
        command.SetAction(parsed =>
        {
            var (name, output, error) = (parsed.GetRequiredValue(file), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            return parsed.GetValue(web) ? CheckWebConfig.Run(name, output, error)
                : parsed.GetValue(json) ? PrintJson(ConfigCheck.Of(name), parsed.GetValue(show), output)
                : Print(ConfigCheck.Of(name), parsed.GetValue(show), output, error);
        });
        return command;
    }

    private static int Print(ConfigCheck check, bool shows, TextWriter output, TextWriter error)
    {
        ConfigErrorReport.Write(check.Errors, error);
        foreach (var warning in check.Warnings)
        {
            error.WriteLine(warning.ToString("warning: "));
        }

        if (!check.Errors.IsEmpty)
        {
            return ExitCode.Failed;
        }

        if (shows)
        {
            EffectiveText.Write(check, output);
            return ExitCode.Ok;
        }

        var (pairs, targets) = (check.Targets.Length, check.TargetCount);
        var ofPairs = targets == pairs ? "" : $" ({Count(pairs, "pair")} of a target and a module)";
        var ofUrls = check.Config!.TargetUrls.IsEmpty ? "" : $", and those of {Count(check.Config.TargetUrls.Length, "URL")}, which are not asked here";
        var pushed = check.Targets.Count(target => target.Endpoint.IsIncoming);
        var ofPushed = pushed == 0 ? "" : $"; {Count(pushed, "pair")} of them wait for heartbeats that are pushed: the exporter needs {HeartbeatListenFlag.Name}";
        output.WriteLine($"{check.File}: ok, {Count(check.Config.Modules.Count, "module")}, {Count(targets, "target")}{ofPairs}{ofUrls}{ofPushed}");
        return ExitCode.Ok;
    }

    private static int PrintJson(ConfigCheck check, bool shows, TextWriter output)
    {
        output.WriteLine(ConfigCheckJson.Of(check, shows).ToLine());
        return check.Errors.IsEmpty ? ExitCode.Ok : ExitCode.Failed;
    }

    private static string Count(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
