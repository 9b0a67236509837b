using System.Globalization;

namespace ZmqExporter.EndToEndTests.Loops;

/// <summary><c>path: majordomo</c> through a broker of each version that does well, or goes wrong in one way.</summary>
public sealed class MajordomoLoopTests
{
    private const string Modules = """
        defaults: {timeout: 900ms, policy: {late_after: 600ms}}
        modules:
          v1: {extends: majordomo, messages: 3}
          v2: {extends: majordomo, messages: 3, majordomo: "0.2"}

        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Probe_HealthyBroker_RoutesAndForgetsOurWorker(int version)
    {
        await using var broker = await StartAsync(version, "healthy");

        var result = await ProbeAsync(broker, version, "--count", "2");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        await broker.Process.WaitForLineAsync("^worker disconnect$");
        Assert.Equal(2, broker.Process.Output.Count(line => line == "worker ready"));
        Assert.Equal(6, broker.Process.Output.Count(line => line == "worker reply"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Probe_BrokerEndsTheRegistration_OurWorkerRegistersAgain(int version)
    {
        await using var broker = await StartAsync(version, "forget");

        var result = await ProbeAsync(broker, version);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(2, broker.Process.Output.Count(line => line == "worker ready"));
    }

    [Theory]
    [InlineData("hang", "answers no mmi.service either")]
    [InlineData("lose", "the broker does not know our service (mmi.service says 404)")]
    [InlineData("mute", "the request came to our worker, and its reply did not come back")]
    public async Task Probe_BrokerDoesNotRoute_IsReachableAndNotResponsive(string mode, string words)
    {
        await using var broker = await StartAsync(1, "healthy");
        await broker.CommandAsync(mode);

        var result = LoopTests.Json(await ProbeAsync(broker, 1));

        Assert.Equal("reply_timeout", result.GetProperty("reason").GetString());
        Assert.Equal((true, false), (result.GetProperty("reachable").GetBoolean(), result.GetProperty("responsive").GetBoolean()));
        Assert.Contains(words, result.GetProperty("verdict").GetString(), StringComparison.Ordinal);
    }

    private static Task<ServerPeer> StartAsync(int version, string mode) =>
        PythonPeer.StartAsync("loop_broker.py", "--version", version.ToString(CultureInfo.InvariantCulture), "--mode", mode);

    private static async Task<CommandResult> ProbeAsync(ServerPeer broker, int version, params string[] more)
    {
        using var directory = new TempDirectory();
        var file = directory.Write("zmq_exporter.yml", $"{Modules}targets: [{{name: broker, endpoint: \"{broker.Endpoint}\", modules: [v{version}]}}]\n");
        return await ExporterProcess.RunAsync(["probe", "broker", $"--config.file={file}", "--json", .. more]);
    }
}
