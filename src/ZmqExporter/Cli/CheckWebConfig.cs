using ZmqExporter.Configuration.Loading;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter check-config --web FILE</c>: every error of a file for <c>--web.config.file</c> at once.</summary>
internal static class CheckWebConfig
{
    /// <summary>Checks the file.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string file, TextWriter output, TextWriter error)
    {
        var result = WebConfigLoader.Load(file);
        if (result.Config is not { } config)
        {
            ConfigErrorReport.Write(result.Errors, error);
            return ExitCode.Failed;
        }

        string[] parts =
        [
            config.Tls is null ? "no TLS" : "TLS",
            .. config.Users.Count > 0 ? (string[])["basic authentication"] : [],
            .. config.RateLimit is null ? (string[])[] : ["a rate limit"],
        ];
        output.WriteLine($"{file}: ok, {string.Join(", ", parts)}");
        foreach (var warning in result.Warnings)
        {
            error.WriteLine(warning.ToString("warning: "));
        }

        return ExitCode.Ok;
    }
}
