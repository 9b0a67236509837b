using System.CommandLine;
using ZmqExporter.Configuration;
using ZmqExporter.Probing.OneShot;
using Zmtp;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter probe ENDPOINT</c>: probes one server now and explains what it saw.</summary>
internal static class ProbeCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var flags = new ProbeFlags();
        var command = new Command("probe", "Probe one server and explain the verdict; exits as a Nagios plugin does: 0 OK, 1 late, 2 failed, 3 usage or unknown; of several probes a failed one tells, then a late one, then an unknown one");
        flags.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(flags, parsed, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ProbeFlags flags, ParseResult parsed, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var endpoint = parsed.GetRequiredValue(flags.Endpoint);
        var module = parsed.GetValue(flags.Module) is { } name
            ? ModuleSource.Find(parsed.GetValue(flags.ConfigFile), name, error)
            : FromFlags(parsed.GetValue(flags.Send) ?? [], parsed.GetValue(flags.Expect), parsed.GetValue(flags.Socket) ?? SocketType.Dealer);
        if (module is null)
        {
            return ExitCode.Usage;
        }

        if (module.Client == MessagingClient.NetMq && endpoint.SocketPath is not null)
        {
            await error.WriteLineAsync($"zmq_exporter: module {module.Name} has client: netmq, and NetMQ has no Unix sockets; use an endpoint with tcp://, or a module with client: zmtp");
            return ExitCode.Usage;
        }

        var target = OneShotProbe.Target(endpoint, module, parsed.GetValue(flags.Timeout));
        var form = parsed.GetValue(flags.Json) ? ReportForm.Json : parsed.GetValue(flags.Nagios) ? ReportForm.Nagios : ReportForm.Text;
        return await new ProbeRun(target, parsed.GetValue(flags.Count), form, output, error).RunAsync(cancellation);
    }

    // Without anything to send, only the transport is asked: a payload that its server does not know could do harm.
    private static ModuleConfig FromFlags(string[] send, string? expect, SocketType socket)
    {
        ProberConfig prober = send.Length == 0
            ? new HandshakeProberConfig(socket, HandshakeSockets.KeepsConnection(socket, ping: true))
            : new RequestProberConfig(
                SocketType.Req,
                Persistent: true,
                [new RequestStepConfig([.. send.Select(text => new FrameConfig(text, []))], expect is null ? [] : [ExpectConfig.EqualsText(0, expect)])]);
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
