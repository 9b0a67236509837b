using System.CommandLine;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter man</c>: the manual page for packages, made from what <c>--help</c> says.</summary>
internal static class ManCommand
{
    /// <summary>The command.</summary>
    /// <param name="root">What the page is about.</param>
    public static Command Create(RootCommand root)
    {
        var command = new Command("man", "Print the manual page, for packages") { Hidden = true };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.Write(ManPage.Of(root, VersionCommand.Version));
            return ExitCode.Ok;
        });
        return command;
    }
}
