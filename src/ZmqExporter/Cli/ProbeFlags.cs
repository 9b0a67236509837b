using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Cli;

/// <summary>The argument and the options of <c>zmq_exporter probe</c>, and which of them exclude each other.</summary>
internal sealed class ProbeFlags
{
    private const int MaxCount = 1_000_000;

    public Argument<ZmtpEndpoint> Endpoint { get; } = new("endpoint")
    {
        Description = "The server, such as tcp://127.0.0.1:5555",
        CustomParser = ParseEndpoint,
    };

    public Option<string?> Module { get; } = new("--module") { Description = "A module of the configuration or a built-in one", HelpName = "name" };

    public Option<string?> ConfigFile { get; } = new("--config.file")
    {
        Description = $"The configuration with the module (default: {ModuleSource.DefaultConfigFile}, if it is there)",
        HelpName = "file",
    };

    public Option<string[]> Send { get; } = new("--send")
    {
        Description = "Without a module: a frame to send, as a REQ; may be given several times",
        HelpName = "text",
    };

    public Option<string?> Expect { get; } = new("--expect") { Description = "With --send: what the reply's first frame must be", HelpName = "text" };

    public Option<SocketType?> Socket { get; } = new("--socket")
    {
        Description = "Without a module and --send: the socket type to claim, such as sub for a PUB, push for a PULL, pull for a PUSH (default: dealer)",
        HelpName = "type",
        CustomParser = ParseSocket,
    };

    public Option<TimeSpan?> Timeout { get; } = new("--timeout")
    {
        Description = "Deadline of the probe, such as 500ms or 2s",
        HelpName = "duration",
        CustomParser = ParseTimeout,
    };

    public Option<int> Count { get; } = new("--count")
    {
        Description = "How many probes, one a second",
        HelpName = "number",
        DefaultValueFactory = _ => 1,
    };

    public Option<bool> Json { get; } = new("--json") { Description = "One line of JSON for each probe" };

    public Option<bool> Nagios { get; } = new("--nagios")
    {
        Description = "Print only the line that a Nagios plugin prints: the verdict, and the round trip as performance data",
    };

    /// <summary>Gives them to their command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(Endpoint);
        foreach (var option in (Option[])[Module, ConfigFile, Send, Expect, Socket, Timeout, Count, Json, Nagios])
        {
            command.Options.Add(option);
        }

        Count.Validators.Add(CheckCount);
        command.Validators.Add(CheckWhatIsSent);
        command.Validators.Add(CheckForm);
    }

    private static ZmtpEndpoint? ParseEndpoint(ArgumentResult argument)
    {
        if (ZmtpEndpoint.TryParse(argument.Tokens[0].Value, out var parsed, out var error))
        {
            return parsed;
        }

        argument.AddError($"\"{argument.Tokens[0].Value}\": {error}");
        return null;
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

    private static TimeSpan? ParseTimeout(ArgumentResult argument)
    {
        if (Durations.TryParse(argument.Tokens[0].Value, out var duration) && duration > TimeSpan.Zero && duration <= TimeSpan.FromHours(1))
        {
            return duration;
        }

        argument.AddError($"--timeout: \"{argument.Tokens[0].Value}\" is not a duration up to 1h; write 2s or 500ms");
        return null;
    }

    private static void CheckCount(OptionResult result)
    {
        if (result.Tokens.Count == 1
            && (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > MaxCount))
        {
            result.AddError($"--count: write a number from 1 to {MaxCount}");
        }
    }

    private void CheckWhatIsSent(CommandResult result)
    {
        var sends = result.GetResult(Send) is { Implicit: false };
        if (sends && result.GetResult(Module) is not null)
        {
            result.AddError("--send and --module exclude each other: the module says what is sent");
        }
        else if (result.GetResult(Socket) is not null && (sends || result.GetResult(Module) is not null))
        {
            result.AddError($"--socket is for the look at the transport; {(sends ? "--send sends as a REQ" : "the module says which socket it has")}");
        }
        else if (!sends && result.GetResult(Expect) is not null)
        {
            result.AddError("--expect needs --send: nothing is sent that you did not ask for");
        }
        else if (result.GetResult(Module) is null && result.GetResult(ConfigFile) is not null)
        {
            result.AddError("--config.file needs --module: say which of its modules to use");
        }
    }

    private void CheckForm(CommandResult result)
    {
        if (result.GetValue(Nagios) && (result.GetValue(Json) || result.GetResult(Count) is { Implicit: false }))
        {
            result.AddError("--nagios is one probe on one line: it goes with neither --json nor --count");
        }
    }
}
