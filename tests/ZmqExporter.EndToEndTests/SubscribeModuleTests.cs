namespace ZmqExporter.EndToEndTests;

/// <summary>The built-in modules that subscribe, against a publisher on libzmq that numbers its messages as theirs does. The
/// real ones are no packages of Debian.</summary>
public sealed class SubscribeModuleTests
{
    public static TheoryData<string, string> Modules => new()
    {
        { "bitcoin_core_blocks", "hashblock" },
        { "bitcoin_core_sequence", "sequence" },
        { "vllm_kv_events", "vllm" },
        { "monero_blocks", "monero_blocks" },
        { "monero_txpool", "monero_txpool" },
        { "circus_stats", "circus" },
        { "ipyparallel_heartbeat", "ipyparallel" },
    };

    [Theory]
    [MemberData(nameof(Modules))]
    public async Task Probe_HealthyPublisher_IsOk(string module, string kind)
    {
        await using var peer = await PythonPeer.StartAsync("numbered_pub.py", "--kind", kind);

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--module", module);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public async Task Probe_MessagesOfAnotherForm_IsUnexpected(string module, string kind)
    {
        await using var peer = await PythonPeer.StartAsync("numbered_pub.py", "--kind", kind, "--broken", "frames");

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--module", module, "--json");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("\"reason\":\"unexpected_reply\"", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public async Task Probe_SilentPublisher_IsSilent(string module, string kind)
    {
        await using var peer = await PythonPeer.StartAsync("numbered_pub.py", "--kind", kind, "--broken", "silent");
        using var directory = new TempDirectory();
        var file = directory.Write("zmq_exporter.yml", $"modules: {{impatient: {{extends: {module}, max_silence: 300ms}}}}\n");

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--module", "impatient", $"--config.file={file}", "--json");

        Assert.True(result.ExitCode == 2, result.Output + result.Error);
        Assert.Contains("\"reason\":\"silent\"", result.Output, StringComparison.Ordinal);
    }
}
