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
    }
}
