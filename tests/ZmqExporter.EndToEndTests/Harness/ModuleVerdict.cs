using System.Text.Json;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>What <c>probe --module</c> says of a server.</summary>
internal sealed record ModuleVerdict(int ExitCode, string? Reason, string Sentence, bool? Reachable, bool? Responsive, bool? Ready)
{
    /// <summary>Probes a script of peers/ with so much time that a busy machine may take its own.</summary>
    /// <param name="peer">The script and its arguments.</param>
    /// <param name="module">A built-in module.</param>
    public static async Task<ModuleVerdict> ProbeInPeaceAsync(string peer, string module)
    {
        using var directory = new TempDirectory();
        var file = directory.Write("patient.yml", "defaults: {interval: 60s, timeout: 30s, policy: {late_after: 25s}}\n");
        return await ProbeAsync(peer, module, $"--config.file={file}");
    }

    /// <summary>Probes a script of peers/.</summary>
    public static async Task<ModuleVerdict> ProbeAsync(string peer, string module, params string[] flags)
    {
        var words = peer.Split(' ');
        await using var server = await PythonPeer.StartAsync(words[0], words[1..]);
        return await ProbeAsync(server, module, flags);
    }

    /// <summary>Probes a server.</summary>
    public static async Task<ModuleVerdict> ProbeAsync(ServerPeer peer, string module, params string[] flags)
    {
        var result = await ExporterProcess.RunAsync(["probe", peer.Endpoint, "--module", module, "--json", .. flags]);
        Assert.Empty(result.Error);
        using var json = JsonDocument.Parse(result.Output);
        var root = json.RootElement;
        Assert.Equal(result.ExitCode, root.GetProperty("exit_code").GetInt32());
        return new ModuleVerdict(
            result.ExitCode,
            root.GetProperty("reason").GetString(),
            root.GetProperty("verdict").GetString()!,
            Answer(root, "reachable"),
            Answer(root, "responsive"),
            Answer(root, "ready"));
    }

    private static bool? Answer(JsonElement root, string question) => root.GetProperty(question) is { ValueKind: not JsonValueKind.Null } value
        ? value.GetBoolean()
        : null;
}
