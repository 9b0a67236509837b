namespace ZmqExporter.EndToEndTests;

/// <summary>A restart in the middle of an outage.</summary>
public sealed class StateFileTests
{
    [Fact]
    public async Task Restart_WhileATargetIsDown_ItIsDownAtOnceAndItsCountersGoOn()
    {
        using var directory = new TempDirectory();
        var state = Path.Combine(directory.Path, "state.json");
        await using var exporter = await ExporterProcess.StartAsync($$$"""
            state_file: {{{state}}}
            modules:
              ping: {prober: request, interval: 300ms, timeout: 200ms, send: [ping], policy: {down_interval: 1h}}
            targets:
              - {name: refused, endpoint: "tcp://127.0.0.1:1", modules: [ping]}

            """);
        var before = await exporter.EventuallyAsync(samples => samples.Value("zmq_target_state", ("state", "down")) == 1);
        await exporter.Process.SignalAsync("TERM");
        Assert.Equal(0, await exporter.Process.WaitForExitAsync());

        await exporter.RestartAsync();

        var after = await exporter.ScrapeAsync();
        Assert.Equal(1, after.Value("zmq_target_state", ("state", "down")));
        Assert.Equal(before.Value("zmq_target_state_change_timestamp_seconds"), after.Value("zmq_target_state_change_timestamp_seconds"));
        Assert.True(after.Value("zmq_probe_misses_total") >= before.Value("zmq_probe_misses_total"), after.Text);
        Assert.Equal(1, after.Value("zmq_target_state_changes_total", ("to", "down")));
        Assert.Contains(exporter.LogLines, line => line.Contains("msg=\"state restored\"", StringComparison.Ordinal));

        // The start has written over the mark of the end: whatever is counted from here on, a kill loses it, and nothing may go on from before.
        await exporter.Process.SignalAsync("KILL");
        await exporter.Process.WaitForExitAsync();
        await exporter.RestartAsync();
        var afterKill = await exporter.ScrapeAsync();
        Assert.Equal(1, afterKill.Value("zmq_target_state", ("state", "unknown")) + afterKill.Value("zmq_target_state", ("state", "suspect")));
        Assert.True(afterKill.Value("zmq_probes_total") < before.Value("zmq_probes_total"), afterKill.Text);
    }

    [Fact]
    public async Task Start_StateFileIsAnotherFile_ItIsLeftAloneAndTheExporterRuns()
    {
        using var directory = new TempDirectory();
        var precious = Path.Combine(directory.Path, "notes.yml");
        await File.WriteAllTextAsync(precious, "precious: true\n", TestContext.Current.CancellationToken);
        await using var exporter = await ExporterProcess.StartAsync($"state_file: {precious}\ntargets: [{{name: a, endpoint: 'tcp://127.0.0.1:1', modules: [transport]}}]\n");

        await exporter.EventuallyAsync(samples => samples.Value("zmq_exporter_state_save_failures_total") == 1);
        await exporter.Process.SignalAsync("TERM");
        Assert.Equal(0, await exporter.Process.WaitForExitAsync());

        Assert.Equal("precious: true\n", await File.ReadAllTextAsync(precious, TestContext.Current.CancellationToken));
        Assert.Contains(exporter.LogLines, line => line.Contains("msg=\"the state file cannot be written", StringComparison.Ordinal));
    }
}
