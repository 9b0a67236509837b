using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Microsoft.Extensions.Logging;
using ZmqExporter.Cli.Watch;
using ZmqExporter.Configuration;
using ZmqExporter.Limits;
using ZmqExporter.Logging;

namespace ZmqExporter.Cli;

/// <summary>The whole command line: the root command serves, every other command is a file of its own.</summary>
internal static class CommandLine
{
    /// <summary>Parses, runs the command and returns the process's exit code. Never throws.</summary>
    /// <param name="args">The words of the command line.</param>
    /// <param name="output">The standard output.</param>
    /// <param name="error">The standard error.</param>
    /// <param name="signals">What ends the command early, or null.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error, ProcessSignals? signals = null)
    {
        signals ??= ProcessSignals.None;
        var root = CreateRoot(signals);
        var parsed = root.Parse(args, new ParserConfiguration
        {
            // "@file" is no syntax of Prometheus' flags, and "-ab" is no pair of short ones.
            ResponseFileTokenReplacer = null,
            EnablePosixBundling = false,
        });

        var misplaced = MisplacedFlag(root, parsed);
        if (parsed.Action is ParseErrorAction || misplaced is not null)
        {
            foreach (var message in misplaced is null ? parsed.Errors.Select(e => e.Message).Concat(Meant(parsed)) : [misplaced])
            {
                await error.WriteLineAsync($"zmq_exporter: {LogfmtText.OneLine(message)}");
            }

            await error.WriteLineAsync($"Try \"zmq_exporter {(parsed.CommandResult.Command == root ? "" : $"{parsed.CommandResult.Command.Name} ")}--help\".");
            return ExitCode.Usage;
        }

        if (DescriptorNeeds.Problem(OpenFileLimit.Read()) is { } problem)
        {
            await error.WriteLineAsync($"zmq_exporter: {problem}");
            return ExitCode.Failed;
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // the signals are ours
            };
            return await parsed.InvokeAsync(configuration, signals.Stopping);
        }
        catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
        {
            return signals.StoppedExitCode;
        }
        catch (OutOfMemoryException)
        {
            await error.WriteLineAsync(
                "zmq_exporter: there is not enough memory for this configuration: raise the limit (DOTNET_GCHeapHardLimit, or the container's or unit's)");
            return ExitCode.Failed;
        }
#pragma warning disable CA1031 // the last line of defence: people get one line, never a crash dump
        catch (Exception e)
#pragma warning restore CA1031
        {
            var debug = LogFlags.LevelOf(parsed) == LogLevel.Debug;
            await error.WriteLineAsync($"zmq_exporter: {(debug ? e.ToString() : LogfmtText.OneLine(e.Message))}");
            return ExitCode.Failed;
        }
    }

    // What a word that is neither a command nor a flag may have been meant to be.
    private static IEnumerable<string> Meant(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        string[] known = [.. command.Subcommands.Select(sub => sub.Name), .. command.Options.Select(option => option.Name)];
        return parsed.UnmatchedTokens
            .Select(token => (Token: token, Meant: Suggestion.Closest(token.Split('=')[0], known)))
            .Where(pair => pair.Meant is not null)
            .Take(1)
            .Select(pair => $"{Quoted.Text(pair.Token)}: did you mean {pair.Meant}?");
    }

    /// <summary>The command line, for who parses or describes it.</summary>
    /// <param name="signals">What ends a command early.</param>
    public static RootCommand CreateRoot(ProcessSignals signals)
    {
        var root = new RootCommand("Probes ZeroMQ servers and exports what it finds to Prometheus. Without a command it serves.");
        root.Directives.Clear();
        root.Directives.Add(new SuggestDirective()); // what the scripts of CompletionCommand ask
        root.Options.OfType<VersionOption>().Single().Action = new VersionCommand.PrintAction();
        var help = root.Options.OfType<HelpOption>().Single();
        help.Description = "Show this help";
        help.Aliases.Remove("/?"); // those of Windows: here they are paths
        help.Aliases.Remove("/h");
        ServeCommand.Configure(root, signals);

        root.Subcommands.Add(ServeCommand.Create(signals));
        root.Subcommands.Add(CheckConfigCommand.Create());
        root.Subcommands.Add(ProbeCommand.Create());
        root.Subcommands.Add(DiscoverCommand.Create());
        root.Subcommands.Add(ConformanceCommand.Create());
        root.Subcommands.Add(ModulesCommand.Create());
        root.Subcommands.Add(KeygenCommand.Create());
        root.Subcommands.Add(HealthcheckCommand.Create());
        root.Subcommands.Add(WatchCommand.Create());
        root.Subcommands.Add(MixinCommand.Create());
        root.Subcommands.Add(DemoCommand.Create(signals));
        root.Subcommands.Add(CompletionCommand.Create());
        root.Subcommands.Add(VersionCommand.Create());
        root.Subcommands.Add(NetMqWorkerCommand.Create());
        root.Subcommands.Add(ManCommand.Create(root));
        return root;
    }

    /// <summary>A flag of the root command before another command would be parsed and then ignored: say so instead.</summary>
    private static string? MisplacedFlag(RootCommand root, ParseResult parsed)
    {
        if (parsed.CommandResult.Command == root)
        {
            return null;
        }

        // The built-in flags (help, version) act at once wherever they stand.
        var flag = root.Options.FirstOrDefault(option => option.Action is null && parsed.GetResult(option) is { Implicit: false });
        return flag is null ? null : $"{flag.Name} must stand behind the command \"{parsed.CommandResult.Command.Name}\"";
    }
}
