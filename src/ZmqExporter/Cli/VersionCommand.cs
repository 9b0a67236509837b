using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter version</c>, which <c>--version</c> prints too.</summary>
internal static class VersionCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("version", "Print the version");
        command.SetAction(parsed => Print(parsed.InvocationConfiguration.Output));
        return command;
    }

    /// <summary>The version alone.</summary>
    public static string Version => Identity.Version;

    // The SDK appends the commit to the version when it knows one: "0.1.0+abcdef".
    private static (string Version, string Revision) Identity
    {
        get
        {
            var informational = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            var plus = informational.IndexOf('+', StringComparison.Ordinal);
            return plus < 0 ? (informational, "unknown") : (informational[..plus], informational[(plus + 1)..]);
        }
    }

    private static int Print(TextWriter output)
    {
        var (version, revision) = Identity;
        output.WriteLine(
            $"zmq_exporter, version {version} (revision {revision}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})");
        return ExitCode.Ok;
    }

    /// <summary>The same as an action, for the flag.</summary>
    internal sealed class PrintAction : SynchronousCommandLineAction
    {
        /// <inheritdoc />
        public override int Invoke(ParseResult parseResult) => Print(parseResult.InvocationConfiguration.Output);
    }
}
