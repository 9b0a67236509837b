using System.CommandLine;
using System.Text;
using ZmqExporter.Cli;

namespace ZmqExporter.Tests.Reference;

/// <summary>The page of the commands and flags: what <c>--help</c> says.</summary>
internal static class FlagReference
{
    private const string Head = """
        # Reference: commands and flags

        Made by a test from the command line that the program parses. [command-line.md](command-line.md) explains it; `zmq_exporter COMMAND --help` prints the same.

        """;

    /// <summary>The page.</summary>
    public static string Page()
    {
        var root = CommandLine.CreateRoot(ProcessSignals.None);
        var page = new StringBuilder(Head);
        page.Append("\n## zmq_exporter [serve]\n\n").Append(root.Description).Append("\n\n");
        AppendFlags(page, root);
        foreach (var command in root.Subcommands.Where(command => !command.Hidden && command.Name != "serve"))
        {
            var arguments = command.Arguments.Where(argument => !argument.Hidden).ToArray();
            page.Append($"\n## {command.Name}\n\n{command.Description}.\n\n");
            if (arguments.Length > 0)
            {
                page.AppendTable(["argument", "what it is"], arguments.Select(argument => new[] { MarkdownTable.Code(argument.HelpName ?? argument.Name), argument.Description ?? "" }));
                page.Append('\n');
            }

            AppendFlags(page, command);
        }

        return page.ToString();
    }

    private static void AppendFlags(StringBuilder page, Command command) => page.AppendTable(
        ["flag", "default", "what it is"],
        FlagText.Of(command).Select(flag => new[] { MarkdownTable.Code(string.Join(", ", flag.Names) + (flag.Value is null ? "" : $"={flag.Value}")), MarkdownTable.Code(flag.Default ?? ""), flag.Description }));
}
