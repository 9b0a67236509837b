using System.Net.Sockets;
using System.Text;

namespace ZmqExporter.EndToEndTests;

/// <summary>What systemd hears of the exporter, on a socket such as systemd makes.</summary>
public sealed class ServiceManagerTests : IDisposable
{
    private const string Config = """
        targets:
          - {name: orders, endpoint: "tcp://127.0.0.1:1", modules: [transport]}

        """;

    private readonly TempDirectory _directory = new();
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    [Fact]
    public async Task Serve_FromItsStartToItsEnd_SaysWhatItDoes()
    {
        var socket = Path.Combine(_directory.Path, "notify");
        _manager.Bind(new UnixDomainSocketEndPoint(socket));
        var config = _directory.Write("zmq_exporter.yml", Config);
        await using var process = ChildProcess.Start(
            ExporterProcess.Executable,
            [$"--config.file={config}", "--web.listen-address=127.0.0.1:0"],
            "build the solution first",
            environment: new Dictionary<string, string>(StringComparer.Ordinal) { ["NOTIFY_SOCKET"] = socket, ["WATCHDOG_USEC"] = "60000000" });

        // Probing begins with a first report, before the exporter is ready; the supervisor's own ones follow.
        Assert.Equal("READY=1\nSTATUS=probing: 1 pair of a target and a module", await NextOtherAsync(process));
        Assert.Equal("WATCHDOG=1", await NextAsync(process));

        await process.SignalAsync("HUP");
        Assert.Matches("^RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]*$", await NextOtherAsync(process));
        Assert.Equal("READY=1\nSTATUS=probing: 1 pair of a target and a module", await NextOtherAsync(process));

        _directory.Write("zmq_exporter.yml", "targts: []");
        await process.SignalAsync("HUP");
        Assert.StartsWith("RELOADING=1\n", await NextOtherAsync(process), StringComparison.Ordinal);
        Assert.Matches("^READY=1\nSTATUS=\\S+zmq_exporter.yml:1:1: .*targts", await NextOtherAsync(process));

        await process.SignalAsync("TERM");
        Assert.Equal("STOPPING=1\nSTATUS=stopping", await NextOtherAsync(process));
        Assert.Equal(0, await process.WaitForExitAsync());
    }

    // The other way round systemctl would return before the file is in force, and of a wrong file neither the status nor the metrics would tell.
    // tests/machine.sh tries both with a systemd.
    [Fact]
    public void Unit_Reload_TellsTheExporterAndThenChecksTheFile()
    {
        var commands = File.ReadLines(Path.Combine(Repository.Root, "packaging", "systemd", "zmq_exporter.service"))
            .Where(line => line.StartsWith("ExecReload=", StringComparison.Ordinal))
            .Select(line => line["ExecReload=".Length..]);

        Assert.Equal(["/bin/kill -HUP $MAINPID", "/usr/bin/zmq_exporter check-config /etc/zmq_exporter/zmq_exporter.yml"], commands, StringComparer.Ordinal);
    }

    public void Dispose()
    {
        _manager.Dispose();
        _directory.Dispose();
    }

    private async Task<string> NextOtherAsync(ChildProcess process)
    {
        string message;
        do
        {
            message = await NextAsync(process);
        }
        while (message == "WATCHDOG=1");

        return message;
    }

    private async Task<string> NextAsync(ChildProcess process)
    {
        var bytes = new byte[4096];
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Eventually.Deadline);
        try
        {
            return Encoding.UTF8.GetString(bytes, 0, await _manager.ReceiveAsync(bytes, deadline.Token));
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"nothing came{process.Transcript()}", exception);
        }
    }
}
