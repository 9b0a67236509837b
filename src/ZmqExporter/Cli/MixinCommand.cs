using System.CommandLine;
using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Logging;
using ZmqExporter.Mixin;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter mixin --out DIR</c>: rules and dashboards with the parameters of this site.</summary>
internal static class MixinCommand
{
    private static readonly Dictionary<string, MixinFormats> Formats = new(StringComparer.Ordinal)
    {
        ["rules"] = MixinFormats.Rules,
        ["prometheusrule"] = MixinFormats.PrometheusRule,
        ["dashboards"] = MixinFormats.Dashboards,
        ["all"] = MixinFormats.Rules | MixinFormats.PrometheusRule | MixinFormats.Dashboards,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var directory = new Option<string>("--out") { Description = "The directory for the files; it is made when it is not there", HelpName = "dir", Required = true };
        var config = new Option<string?>("--config") { Description = "A file of parameters (docs/alerting.md); without one the defaults apply", HelpName = "file" };
        var format = new Option<string>("--format")
        {
            Description = "What to render",
            HelpName = string.Join('|', Formats.Keys),
            DefaultValueFactory = _ => "all",
        };
        format.AcceptOnlyFromAmong([.. Formats.Keys]);
        var force = new Option<bool>("--force") { Description = "Overwrite also files that this command did not write, or that were changed since" };
        var command = new Command("mixin", "Render alert rules and dashboards with parameters of your own") { directory, config, format, force };
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var parameters = MixinParameters.Default;
            if (parsed.GetValue(config) is { } file)
            {
                (parameters, var errors) = MixinLoader.Load(file, ConfigInputs.System);
                if (!errors.IsEmpty)
                {
                    ConfigErrorReport.Write(errors, error);
                    return ExitCode.Failed;
                }
            }

            var files = MixinRenderer.Render(parameters, Formats[parsed.GetRequiredValue(format)]);
            var problem = Write(files, parsed.GetRequiredValue(directory), parsed.GetValue(force), output);
            error.Write(problem);
            return problem.Length == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    // What went wrong, in lines.
    private static string Write(IReadOnlyList<MixinFile> files, string directory, bool overwrites, TextWriter output)
    {
        try
        {
            var outcome = new MixinDirectory(directory).Write(files, overwrites);
            if (outcome.Foreign.IsEmpty)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{directory}: {outcome.Written} written, {outcome.Unchanged} unchanged"));
                return "";
            }

            return string.Concat(outcome.Foreign.Select(name =>
                $"zmq_exporter: {Path.Combine(directory, name)} was not written by this command, or was changed since: nothing is written; "
                + "move your changes elsewhere, or overwrite it with --force\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"zmq_exporter: {directory} cannot be written: {(e is UnauthorizedAccessException ? "permission denied" : LogfmtText.OneLine(e.Message))}\n";
        }
    }
}
