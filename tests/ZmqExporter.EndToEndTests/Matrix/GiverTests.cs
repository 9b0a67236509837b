using System.Globalization;

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
        await using var worker = await NetMqPeer.StartAsync($"{socket}-worker", $"--connect={peer.Endpoint}");
        await HasTakenAsync(worker, count => count > 0);
        var second = await ProbeAsync(peer.Endpoint, socket, Probes);
        await peer.CommandAsync("stop"); // a REQ that waits for a reply of the probe's never gets there
        var given = int.Parse((await peer.Process.WaitForLineAsync(@"^gave (\d+)$")).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        await HasTakenAsync(worker, count => count == given);

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
        await using var push = await NetMqPeer.StartAsync("push");

        var result = await ProbeAsync(push.Endpoint, "pull", 1);

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

    private static async Task HasTakenAsync(ServerPeer worker, Predicate<int> enough)
    {
        var count = 0;
        await Eventually.GetAsync(
            async () =>
            {
                var seen = worker.Process.Output.Count;
                await worker.CommandAsync("count");
                var took = await worker.Process.WaitForLineAsync(@"^took (\d+)$", seen);
                count = int.Parse(took.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                return enough(count) ? took : null;
            },
            Eventually.Deadline,
            () => string.Create(CultureInfo.InvariantCulture, $"the worker has taken {count} jobs"));
    }
}
