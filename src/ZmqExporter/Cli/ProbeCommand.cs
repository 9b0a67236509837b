using System.Collections.Immutable;
using System.CommandLine;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter probe ENDPOINT</c>: probes one server now and explains what it saw.</summary>
internal static class ProbeCommand
{
    private const int MaxCount = 1_000_000;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var endpoint = new Argument<ZmtpEndpoint>("endpoint")
        {
            Description = "The server, such as tcp://127.0.0.1:5555",
            CustomParser = argument =>
            {
                if (ZmtpEndpoint.TryParse(argument.Tokens[0].Value, out var parsed, out var error))
                {
                    return parsed;
                }

                argument.AddError($"\"{argument.Tokens[0].Value}\": {error}");
                return null;
            },
        };
        var module = new Option<string?>("--module") { Description = "A module of the configuration or a built-in one", HelpName = "name" };
        var configFile = new Option<string?>("--config.file") { Description = $"The configuration with the module (default: {ModuleSource.DefaultConfigFile}, if it is there)", HelpName = "file" };
        var send = new Option<string[]>("--send") { Description = "Without a module: a frame to send, as a REQ; may be given several times", HelpName = "text" };
        var expect = new Option<string?>("--expect") { Description = "With --send: what the reply's first frame must be", HelpName = "text" };
        var socket = new Option<SocketType?>("--socket")
        {
            Description = "Without a module and --send: the socket type to claim, such as sub for a PUB, push for a PULL, pull for a PUSH (default: dealer)",
            HelpName = "type",
            CustomParser = argument =>
            {
                if (HandshakeSockets.TryParse(argument.Tokens[0].Value, out var type, out var problem))
                {
                    return type;
                }

                argument.AddError($"--socket: {problem}");
                return null;
            },
        };
        var timeout = new Option<TimeSpan?>("--timeout")
        {
            Description = "Deadline of the probe, such as 500ms or 2s",
            HelpName = "duration",
            CustomParser = argument =>
            {
                if (Durations.TryParse(argument.Tokens[0].Value, out var duration) && duration > TimeSpan.Zero && duration <= TimeSpan.FromHours(1))
                {
                    return duration;
                }

                argument.AddError($"--timeout: \"{argument.Tokens[0].Value}\" is not a duration up to 1h; write 2s or 500ms");
                return null;
            },
        };
        var count = new Option<int>("--count")
        {
            Description = "How many probes, one a second",
            HelpName = "number",
            DefaultValueFactory = _ => 1,
        };
        count.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) || number is < 1 or > MaxCount))
            {
                result.AddError($"--count: write a number from 1 to {MaxCount}");
            }
        });
        var json = new Option<bool>("--json") { Description = "One line of JSON for each probe" };
        var nagios = new Option<bool>("--nagios") { Description = "Print only the line that a Nagios plugin prints: the verdict, and the round trip as performance data" };
        var command = new Command("probe", "Probe one server and explain the verdict; exits as a Nagios plugin does: 0 OK, 1 late, 2 failed, 3 usage or unknown; of several probes a failed one tells, then a late one, then an unknown one")
        {
            endpoint, module, configFile, send, expect, socket, timeout, count, json, nagios,
        };
        command.Validators.Add(result =>
        {
            var sends = result.GetResult(send) is { Implicit: false };
            if (sends && result.GetResult(module) is not null)
            {
                result.AddError("--send and --module exclude each other: the module says what is sent");
            }
            else if (result.GetResult(socket) is not null && (sends || result.GetResult(module) is not null))
            {
                result.AddError($"--socket is for the look at the transport; {(sends ? "--send sends as a REQ" : "the module says which socket it has")}");
            }
            else if (!sends && result.GetResult(expect) is not null)
            {
                result.AddError("--expect needs --send: nothing is sent that you did not ask for");
            }
            else if (result.GetResult(module) is null && result.GetResult(configFile) is not null)
            {
                result.AddError("--config.file needs --module: say which of its modules to use");
            }
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(nagios) && (result.GetValue(json) || result.GetResult(count) is { Implicit: false }))
            {
                result.AddError("--nagios is one probe on one line: it goes with neither --json nor --count");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var error = parsed.InvocationConfiguration.Error;
            var chosen = parsed.GetValue(module) is { } name
                ? ModuleSource.Find(parsed.GetValue(configFile), name, error)
                : FromFlags(parsed.GetValue(send) ?? [], parsed.GetValue(expect), parsed.GetValue(socket) ?? SocketType.Dealer);
            if (chosen is null)
            {
                return ExitCode.Usage;
            }

            if (chosen.Client == MessagingClient.NetMq && parsed.GetRequiredValue(endpoint).SocketPath is not null)
            {
                await error.WriteLineAsync($"zmq_exporter: module {chosen.Name} has client: netmq, and NetMQ has no Unix sockets; use an endpoint with tcp://, or a module with client: zmtp");
                return ExitCode.Usage;
            }

            if (parsed.GetValue(timeout) is { } limit)
            {
                var lateAfter = chosen.Policy.LateAfter < limit ? chosen.Policy.LateAfter : limit / 2;
                chosen = chosen with { Timeout = limit, Policy = chosen.Policy with { LateAfter = lateAfter } };
            }

            var target = new TargetConfig("probe", parsed.GetRequiredValue(endpoint), chosen, ImmutableSortedDictionary<string, string>.Empty);
            var run = new ProbeRun(target, parsed.GetValue(count), FormOf(parsed.GetValue(json), parsed.GetValue(nagios)), parsed.InvocationConfiguration.Output, error);
            return await run.RunAsync(cancellation);
        });
        return command;
    }

    private static ReportForm FormOf(bool json, bool nagios) => json ? ReportForm.Json : nagios ? ReportForm.Nagios : ReportForm.Text;

    // Without anything to send, only the transport is asked: a payload that its server does not know could do harm.
    private static ModuleConfig FromFlags(string[] send, string? expect, SocketType socket)
    {
        ProberConfig prober = send.Length == 0
            ? new HandshakeProberConfig(socket, HandshakeSockets.KeepsConnection(socket, ping: true))
            : new RequestProberConfig(
                SocketType.Req,
                Persistent: true,
                [new RequestStepConfig([.. send.Select(text => new FrameConfig(text, []))], expect is null ? [] : [new ExpectConfig.EqualsText(0, expect)])]);
        return new ModuleConfig(
            prober.Name,
            Interval: TimeSpan.FromSeconds(15),
            Timeout: TimeSpan.FromSeconds(2),
            MessagingClient.Zmtp,
            new PolicyConfig(),
            new SecurityConfig.Null(),
            prober);
    }
}
