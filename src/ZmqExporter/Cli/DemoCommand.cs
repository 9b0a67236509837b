using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using ZmqExporter.Demo;
using ZmqExporter.Http;
using ZmqExporter.Logging;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter demo</c>: servers that behave well and badly, and an exporter that probes them, in one process.</summary>
internal static class DemoCommand
{
    /// <summary>The command.</summary>
    /// <param name="signals">What ends it.</param>
    public static Command Create(ProcessSignals signals)
    {
        var listen = ListenAddressFlag.Create("127.0.0.1:19555");
        var log = new LogFlags();
        var command = new Command("demo", "Start demo servers and an exporter that probes them") { listen };
        log.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var address = parsed.GetRequiredValue(listen);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetResult(listen) is not { Implicit: false } && IsBusy(address))
            {
                // Without an address people want to see the demo, wherever it is; with one they get the error.
                output.WriteLine($"{address} is in use, so the demo takes a free port.");
                _ = ListenAddress.TryParse("127.0.0.1:0", out address!, out _);
            }

            return RunAsync(address, log.Read(parsed), output, parsed.InvocationConfiguration.Error, signals, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        ListenAddress listen, LogSettings log, TextWriter output, TextWriter error, ProcessSignals signals, CancellationToken cancellation)
    {
        using var servers = new DemoServers(error);
        var directory = Directory.CreateTempSubdirectory("zmq_exporter_demo_"); // ours alone: nobody else may put a config there
        try
        {
            var file = Path.Combine(directory.FullName, "zmq_exporter.yml");
            await File.WriteAllTextAsync(file, await servers.StartAsync(), cancellation);
            return await ExporterHost.RunAsync(
                new ServeSettings(file, [listen], log) { EnableLifecycle = IPAddress.IsLoopback(listen.Address!) }, // for "Probe now", and not for a whole network
                error,
                address => DemoGuide.Write(servers.All, address, file, output),
                signals,
                cancellation);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static bool IsBusy(ListenAddress address)
    {
        using var socket = new Socket(address.Address!.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new System.Net.IPEndPoint(address.Address, address.Port));
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return true;
        }
    }
}
