using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Cli;

/// <summary>The argument and the options of <c>zmq_exporter probe</c>.</summary>
internal sealed class ProbeFlags
{
    private const int MaxCount = 1_000_000;
    private const int DefaultMessages = 10;
    private const int MaxMessages = 1000;

    public Argument<string?> Target { get; } = new("target")
    {
        Description = "The server: an endpoint such as tcp://127.0.0.1:5555, or the name of a target of the configuration, which is probed with its own settings",
        HelpName = "endpoint|target", // and not what the Tab key offers
        Arity = ArgumentArity.ZeroOrOne,
    };

    public Option<bool> All { get; } = new("--all") { Description = "Probe every target of the configuration, each with its own settings, and print a table; the worst one tells the exit code" };

    public Option<string?> Module { get; } = new("--module")
    {
        Description = "Of an endpoint: a module of the configuration or a built-in one. Of a target: which of its modules (default: each of them)",
        HelpName = "name",
    };

    public Option<string?> ReturnEndpoint { get; } = new("--return-endpoint")
    {
        Description = "Of an endpoint with a module that sends there and receives elsewhere, such as proxy_loop: where its messages come out, such as tcp://127.0.0.1:5556",
        HelpName = "endpoint",
    };

    public Option<string?> ConfigFile { get; } = new("--config.file")
    {
        Description = $"The configuration with the targets and modules (default: {ModuleSource.DefaultConfigFile}, if it is there)",
        HelpName = "file",
    };

    public Option<string[]> Send { get; } = new("--send")
    {
        Description = "Of an endpoint without a module: a frame to send, as a REQ: a text, or bytes as hex:0400; may be given several times",
        HelpName = "frame",
    };

    public Option<string?> Expect { get; } = new("--expect") { Description = "With --send: what the reply's first frame must be, text or hex:…", HelpName = "frame" };

    public Option<SocketType?> Socket { get; } = new("--socket")
    {
        Description = "Of an endpoint without a module and --send: the socket type to claim, such as sub for a PUB, push for a PULL, pull for a PUSH (default: dealer)",
        HelpName = "type",
        CustomParser = ParseSocket,
    };

    public Option<TimeSpan?> Timeout { get; } = DurationFlag.Create("--timeout", "Deadline of a probe, such as 500ms or 2s");

    public Option<int> Count { get; } = new("--count")
    {
        Description = "How many probes, one a second",
        HelpName = "number",
        DefaultValueFactory = _ => 1,
    };

    public Option<bool> Full { get; } = new("--full") { Description = "Show frames to their last byte, and not only how they begin" };

    public Option<bool> ShowFrames { get; } = new("--show-frames")
    {
        Description = "Show each message that comes frame by frame, with the path of each value in it, and propose expect, values, sequence and sent_at for the module; a feed needs --socket sub, or a module that subscribes",
    };

    public Option<int> Messages { get; } = new("--messages")
    {
        Description = "With --show-frames: how many messages of a feed to look at, within the timeout",
        HelpName = "number",
        DefaultValueFactory = _ => DefaultMessages,
    };

    public Option<string[]> Topic { get; } = new("--topic")
    {
        Description = "Of an endpoint with --socket sub: a topic to subscribe to, text or hex:…, \"\" for everything; may be given several times",
        HelpName = "prefix",
    };

    public Option<bool> Json { get; } = new("--json") { Description = "One line of JSON for each probe" };

    public Option<bool> Nagios { get; } = new("--nagios")
    {
        Description = "Print only what a Nagios plugin prints: the verdict on one line with performance data; of several targets their number, and then a line for each",
    };

    /// <summary>Gives them to their command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(Target);
        foreach (var option in (Option[])[All, Module, ReturnEndpoint, ConfigFile, Send, Expect, Socket, Topic, Timeout, Count, Full, ShowFrames, Messages, Json, Nagios])
        {
            command.Options.Add(option);
        }

        Module.CompletionSources.Add(ConfigCompletions.Modules);
        Target.CompletionSources.Add(ConfigCompletions.Targets);
        Socket.CompletionSources.Add(_ => HandshakeSockets.All.Select(socket => new System.CommandLine.Completions.CompletionItem(socket.Word)));
        Count.Validators.Add(result => CheckNumber(result, MaxCount));
        Messages.Validators.Add(result => CheckNumber(result, MaxMessages));
        command.Validators.Add(result => AddError(result, new ProbeFlagRules(this, result).Complaint()));
    }

    private static void AddError(CommandResult result, string? complaint)
    {
        if (complaint is not null)
        {
            result.AddError(complaint);
        }
    }

    private static SocketType? ParseSocket(ArgumentResult argument)
    {
        if (HandshakeSockets.TryParse(argument.Tokens[0].Value, out var type, out var problem))
        {
            return type;
        }

        argument.AddError($"--socket: {problem}");
        return null;
    }

    private static void CheckNumber(OptionResult result, int most)
    {
        if (result.Tokens.Count == 1
            && (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > most))
        {
            result.AddError($"{result.Option.Name}: write a number from 1 to {most}");
        }
    }
}
