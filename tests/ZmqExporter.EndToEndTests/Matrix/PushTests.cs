using System.Globalization;
using NetMQ;
using NetMQ.Sockets;

namespace ZmqExporter.EndToEndTests.Matrix;

/// <summary>A PUSH gives its work to every PULL that connects; a probe of it must not be one. With NetMQ's every connection is.</summary>
public sealed class PushTests
{
    private const int Jobs = 100; // as in peers/push.py

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Probe_LibzmqPushWithWork_SeesItAndTakesNone()
    {
        await using var peer = await PythonPeer.StartAsync("push.py");

        // Before there is anybody to give work to, and while a worker is there.
        var first = await ProbeAsync(peer.Endpoint);
        using var worker = new PullSocket();
        worker.Options.ReceiveHighWatermark = 1;
        worker.Connect(peer.Endpoint);
        var taken = new List<string> { Receive(worker) };
        var second = await ProbeAsync(peer.Endpoint);
        while (taken.Count < Jobs)
        {
            taken.Add(Receive(worker));
        }

        Assert.Equal(string.Join(' ', Enumerable.Range(0, Jobs)), string.Join(' ', taken));
        foreach (var result in new[] { first, second })
        {
            Assert.True(result.ExitCode == 0, result.Output + result.Error);
            Assert.Contains("peer is PUSH, sent its READY (all that was looked at, so that no work came) in", result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("  ping", result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Probe_NetMqPush_FailsAndSaysToStop()
    {
        using var push = new PushSocket();
        var port = push.BindRandomPort("tcp://127.0.0.1");

        var result = await ProbeAsync(string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{port}"));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("peer is PUSH, a PUSH of ZMTP 3.0 must not be probed, remove this target", result.Output, StringComparison.Ordinal);
    }

    private static async Task<CommandResult> ProbeAsync(string endpoint)
    {
        using var directory = new TempDirectory();
        var config = directory.Write("zmq_exporter.yml", "modules: {source: {prober: handshake, socket: pull}}\n");
        return await ExporterProcess.RunAsync("probe", endpoint, "--module", "source", "--config.file", config, "--count", "3");
    }

    private static string Receive(PullSocket worker) =>
        worker.TryReceiveFrameString(Patience, out var job) ? job : throw new TimeoutException("the worker got no more: somebody else took the work");
}
