using System.Globalization;
using NetMQ;
using NetMQ.Sockets;

namespace ZmqExporter.EndToEndTests.Matrix;

/// <summary>PUSH, DEALER and REQ give each message to one of their peers; a probe must not be one. With NetMQ's every connection is.</summary>
public sealed class GiverTests
{
    private const int Probes = 10;

    [Theory]
    [InlineData("push", "pull")]
    [InlineData("dealer", "dealer")]
    [InlineData("req", "rep")]
    public async Task Probe_LibzmqServerThatGivesWork_SeesItAndTakesNone(string kind, string socket)
    {
        await using var peer = await PythonPeer.StartAsync("giver.py", kind);

        // Before there is anybody to give work to, and while a worker takes it.
        var first = await ProbeAsync(peer.Endpoint, socket, 1);
        using var worker = new Worker(kind, peer.Endpoint);
        await worker.HasTakenAsync(count => count > 0);
        var second = await ProbeAsync(peer.Endpoint, socket, Probes);
        await peer.CommandAsync("stop"); // a REQ that waits for a reply of the probe's never gets there
        var given = int.Parse((await peer.Process.WaitForLineAsync(@"^gave (\d+)$")).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        await worker.HasTakenAsync(count => count == given);

        foreach (var result in new[] { first, second })
        {
            Assert.True(result.ExitCode == 0, result.Output + result.Error);
            Assert.Contains(
                $"peer is {kind.ToUpperInvariant()}, sent its READY (all that was looked at, so that no work came) in", result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("  ping", result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Probe_NetMqPush_FailsAndSaysToStop()
    {
        using var push = new PushSocket();
        var port = push.BindRandomPort("tcp://127.0.0.1");

        var result = await ProbeAsync(string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{port}"), "pull", 1);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("peer is PUSH, a PUSH of ZMTP 3.0 must not be probed, remove this target", result.Output, StringComparison.Ordinal);
    }

    private static async Task<CommandResult> ProbeAsync(string endpoint, string socket, int count)
    {
        using var directory = new TempDirectory();
        var config = directory.Write("zmq_exporter.yml", $"modules: {{source: {{prober: handshake, socket: {socket}}}}}\n");
        var number = count.ToString(CultureInfo.InvariantCulture);
        return await ExporterProcess.RunAsync("probe", endpoint, "--module", "source", "--config.file", config, "--count", number);
    }

    /// <summary>Takes jobs on a thread of its own, and answers those of a REQ.</summary>
    private sealed class Worker : IDisposable
    {
        private readonly NetMQSocket _socket;
        private readonly NetMQPoller _poller;
        private int _count;

        public Worker(string kind, string endpoint)
        {
            _socket = kind switch { "push" => new PullSocket(), "dealer" => new DealerSocket(), _ => new ResponseSocket() };
            _socket.Connect(endpoint);
            _socket.ReceiveReady += (_, _) =>
            {
                var job = _socket.ReceiveFrameString();
                if (kind == "req")
                {
                    _socket.SendFrame(job);
                }

                Interlocked.Increment(ref _count);
            };
            _poller = [_socket];
            _poller.RunAsync();
        }

        public Task<Worker> HasTakenAsync(Predicate<int> enough) => Eventually.GetAsync(
            () => Task.FromResult(enough(Volatile.Read(ref _count)) ? this : null),
            Eventually.Deadline,
            () => string.Create(CultureInfo.InvariantCulture, $"the worker has taken {Volatile.Read(ref _count)} jobs"));

        public void Dispose()
        {
            _poller.Dispose();
            _socket.Dispose();
        }
    }
}
