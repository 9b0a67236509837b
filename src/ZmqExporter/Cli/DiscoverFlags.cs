using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ZmqExporter.Scanning;

namespace ZmqExporter.Cli;

/// <summary>The arguments and the options of <c>zmq_exporter discover</c>.</summary>
internal sealed class DiscoverFlags
{
    private const int DefaultRate = 50;
    private const int MaxRate = 1000;
    private const int DefaultAddresses = 4096;
    private const int MaxAddresses = 1_000_000;

    public Argument<string[]> Addresses { get; } = new("address")
    {
        Description = "What to look at: host:port, host:first-last, 10.0.0.0/24:port, tcp://… or ipc://…; without any, the sockets that listen on this host",
        HelpName = "address",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public Option<int[]> Processes { get; } = new("--pid") { Description = "Of this host: only the sockets of this process; may be given several times", HelpName = "number" };

    public Option<string?> File { get; } = new("--write") { Description = "Write a configuration with what was found to this new file", HelpName = "file" };

    public Option<bool> Force { get; } = new("--force") { Description = "With --write: replace a file that is there" };

    public Option<bool> Config { get; } = new("--config") { Description = "Print the configuration, and no table" };

    public Option<bool> Json { get; } = new("--json") { Description = "Print a line of JSON for each address, and no table" };

    public Option<int?> Rate { get; } = new("--rate") { Description = $"New connections a second (default: {DefaultRate})", HelpName = "number" };

    public Option<TimeSpan?> Timeout { get; } = DurationFlag.Create("--timeout", "How long to look at each address (default: 2s)");

    public Option<int?> Most { get; } = new("--max-addresses") { Description = $"Refuse to look at more addresses than this (default: {DefaultAddresses})", HelpName = "number" };

    /// <summary>Gives them to their command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(Addresses);
        foreach (var option in (Option[])[Processes, File, Force, Config, Json, Rate, Timeout, Most])
        {
            command.Options.Add(option);
        }

        Processes.Validators.Add(result => CheckNumber(result, int.MaxValue));
        Rate.Validators.Add(result => CheckNumber(result, MaxRate));
        Most.Validators.Add(result => CheckNumber(result, MaxAddresses));
        command.Validators.Add(Check);
    }

    /// <summary>New connections a second.</summary>
    public int RateOf(ParseResult parsed) => parsed.GetValue(Rate) ?? DefaultRate;

    /// <summary>So many addresses at most.</summary>
    public int MostOf(ParseResult parsed) => parsed.GetValue(Most) ?? DefaultAddresses;

    /// <summary>The addresses that the command line names.</summary>
    public AddressList Read(ParseResult parsed)
    {
        var list = new AddressList(MostOf(parsed));
        foreach (var word in parsed.GetValue(Addresses) ?? [])
        {
            list.Add(word);
        }

        return list;
    }

    private void Check(CommandResult result)
    {
        if (result.GetValue(Config) && result.GetValue(Json))
        {
            result.AddError("--config and --json exclude each other: both print in place of the table");
        }
        else if (result.GetValue(Force) && result.GetValue(File) is null)
        {
            result.AddError("--force is for --write FILE");
        }
        else if (result.GetResult(Processes) is not null && result.GetResult(Addresses) is { Tokens.Count: > 0 })
        {
            result.AddError("--pid is for the sockets of this host: name processes or addresses");
        }
        else
        {
            CheckAddresses(result);
        }
    }

    private void CheckAddresses(CommandResult result)
    {
        if (result.GetResult(Rate)?.Errors.Any() == true || result.GetResult(Most)?.Errors.Any() == true)
        {
            return;
        }

        var list = new AddressList(result.GetValue(Most) ?? DefaultAddresses);
        var problems = (result.GetValue(Addresses) ?? []).Select(list.Add).OfType<string>().Take(1);
        foreach (var problem in problems)
        {
            result.AddError(problem);
        }
    }

    private static void CheckNumber(OptionResult result, int most)
    {
        foreach (var token in result.Tokens)
        {
            if (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > most)
            {
                result.AddError($"{result.Option.Name}: write a number from 1 to {most}");
            }
        }
    }
}
