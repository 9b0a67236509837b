using System.CommandLine;
using System.Text;

namespace ZmqExporter.Cli;

/// <summary>Writes a command line as a manual page, in the language of man(7). Pure: equal command lines are equal pages.</summary>
internal static class ManPage
{
    private const string Closing = """
        .SH EXIT STATUS
        0 when all is well, also after SIGTERM and SIGINT; 1 when a configuration is wrong, a start failed or an exporter is unhealthy; 3 when the
        command line cannot be understood.
        .B probe
        exits as a Nagios plugin: 0 OK, 1 late, 2 failed, 3 unknown.
        .SH SIGNALS
        SIGHUP reloads the configuration; with any error in it nothing changes. SIGTERM, SIGINT and SIGQUIT end the program in good order within 5 s.
        .SH ENVIRONMENT
        .TP
        .B NOTIFY_SOCKET, WATCHDOG_USEC
        Set by systemd: it is told when the exporter is ready, reloads and ends, and gets a sign of life while probes run.
        .TP
        .B DOTNET_GCHeapHardLimit
        The limit of the managed heap, in hexadecimal.
        .SH FILES
        .TP
        .I /etc/zmq_exporter/zmq_exporter.yml
        The configuration that the packages' unit serves.
        .TP
        .I /etc/default/zmq_exporter
        Further flags of that unit, in the variable ARGS.
        .TP
        .I /var/lib/zmq_exporter/
        What the exporter may write: the place for a state_file.
        .SH SEE ALSO
        .BR prometheus (1),
        .BR systemd.service (5),
        .BR zmq_tcp (7)

        """;

    /// <summary>The page.</summary>
    /// <param name="root">The program.</param>
    /// <param name="version">Its version.</param>
    public static string Of(RootCommand root, string version)
    {
        var page = new StringBuilder();
        page.Append($".TH ZMQ_EXPORTER 1 \"\" \"zmq_exporter {Escape(version)}\" \"User Commands\"\n");
        page.Append(".SH NAME\nzmq_exporter \\- Prometheus exporter that probes ZeroMQ servers\n.SH SYNOPSIS\n");
        page.Append(".B zmq_exporter\n[\\fIFLAGS\\fR]\n");
        var commands = root.Subcommands.Where(command => !command.Hidden && command.Name != "serve").ToArray();
        foreach (var command in commands)
        {
            page.Append($".br\n.B zmq_exporter {Escape(command.Name)}\n{Synopsis(command)}\n");
        }

        page.Append($".SH DESCRIPTION\n{Escape(root.Description)}\n");
        page.Append(".SH FLAGS\nThese are the flags of serving; a command has flags of its own, which stand behind it.\n");
        AppendFlags(page, root);
        page.Append(".SH COMMANDS\n");
        foreach (var command in commands)
        {
            page.Append($".SS {Escape(command.Name)}\n{Escape(command.Description)}.\n");
            foreach (var argument in command.Arguments.Where(argument => !argument.Hidden && argument.Description is not null))
            {
                page.Append($".TP\n.I {Escape(argument.HelpName ?? argument.Name)}\n{Escape(argument.Description)}\n");
            }

            AppendFlags(page, command);
        }

        return page.Append(Closing).ToString();
    }

    private static void AppendFlags(StringBuilder page, Command command)
    {
        foreach (var flag in FlagText.Of(command))
        {
            var names = string.Join(", ", flag.Names.Select(name => $"\\fB{Escape(name)}\\fR"));
            page.Append($".TP\n{names}{(flag.Value is null ? "" : $"=\\fI{Escape(flag.Value)}\\fR")}\n");
            page.Append($"{Escape(flag.Description)}{(flag.Default is null ? "" : $" (default: {Escape(flag.Default)})")}\n");
        }
    }

    private static string Synopsis(Command command) => string.Join(
        ' ',
        command.Arguments.Where(argument => !argument.Hidden).Select(Name).Append("[\\fIFLAGS\\fR]"));

    private static string Name(Argument argument)
    {
        var name = $"\\fI{Escape(argument.HelpName ?? argument.Name)}\\fR";
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }

    // A backslash, a hyphen that is to be copied, and a dot or apostrophe at the start of a line have meanings of their own.
    private static string Escape(string? text)
    {
        var escaped = (text ?? "").ReplaceLineEndings(" ").Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        return escaped is ['.' or '\'', ..] ? $"\\&{escaped}" : escaped;
    }
}
