using System.CommandLine;
using System.Security.Cryptography;
using Spectre.Console;
using ZmqExporter.Cli.Watch;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter watch</c>: the board of a running exporter in a terminal.</summary>
internal static class WatchCommand
{
    private const string DefaultAddress = "http://127.0.0.1:19555";

    private const int WideEnough = 240;

    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(2);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var address = new Argument<Uri>("url")
        {
            Description = $"Where the exporter is (default: {DefaultAddress})",
            Arity = ArgumentArity.ZeroOrOne,
            DefaultValueFactory = _ => new Uri(DefaultAddress),
            CustomParser = static argument =>
            {
                var text = argument.Tokens[0].Value;
                if (Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
                {
                    return uri;
                }

                argument.AddError($"url: this is not an HTTP address; write {DefaultAddress}");
                return null!;
            },
        };
        var search = new Option<string>("--search") { Description = "Only targets with these words in their name, endpoint, labels or last words", HelpName = "words", DefaultValueFactory = _ => "" };
        var state = new Option<string[]>("--state") { Description = "Only targets in this state; may be repeated", HelpName = "state" };
        var module = new Option<string[]>("--module") { Description = "Only targets with this module; may be repeated", HelpName = "module" };
        var label = new Option<string[]>("--label") { Description = "Only targets with this label; may be repeated", HelpName = "name=value" };
        var interval = DurationFlag.Create("--interval", $"How often to ask (default: {DefaultInterval.TotalSeconds:0}s)");
        var once = new Option<bool>("--once") { Description = "Print the board once, as where the output is no terminal" };
        var connection = new ExporterConnection();
        var command = new Command("watch", "Show the board of a running exporter in the terminal") { address, search, state, module, label, interval, once };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var question = new BoardQuestion(parsed.GetRequiredValue(search), [.. parsed.GetValue(state) ?? []], [.. parsed.GetValue(module) ?? []], [.. parsed.GetValue(label) ?? []]);
            var error = parsed.InvocationConfiguration.Error;
            try
            {
                using var handler = connection.Create(parsed);
                using var client = new ExporterClient(parsed.GetRequiredValue(address), handler);
                var isOnce = parsed.GetValue(once) || Console.IsOutputRedirected || Console.IsInputRedirected;
                return await RunAsync(client, question, isOnce ? null : parsed.GetValue(interval) ?? DefaultInterval, parsed.InvocationConfiguration.Output, error, cancellation);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
            {
                await error.WriteLineAsync($"zmq_exporter: cannot use a certificate file: {e.Message}");
                return ExitCode.Usage;
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(ExporterClient client, BoardQuestion question, TimeSpan? interval, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(DeferredWriter.Open(output)) });
        var loop = new WatchLoop(client, console, static () => Console.KeyAvailable ? Console.ReadKey(intercept: true) : null, TimeProvider.System);
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = WideEnough; // whoever reads it cuts it, if anybody does
        }

        if (interval is { } period)
        {
            await loop.RunAsync(question, period, cancellation);
            return ExitCode.Ok;
        }

        if (await loop.OnceAsync(question, cancellation) is { } problem)
        {
            await error.WriteLineAsync($"zmq_exporter: {client.Address}: {problem}");
            return ExitCode.Failed;
        }

        return ExitCode.Ok;
    }
}
