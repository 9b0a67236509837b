namespace ZmqExporter.EndToEndTests;

/// <summary>What packaging/systemd/zmq_exporter.service forbids (system calls, memory that can be written and run), the native program never does.</summary>
public sealed class ConfinementTests
{
    [Fact]
    public async Task Serve_ConfinedAsTheUnitSays_ProbesWithBothClientsAndServesItsPages()
    {
        using var directory = new TempDirectory();
        await using var peer = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartConfinedAsync(
            $$"""
            state_file: {{directory.Path}}/state.json
            modules:
              ping: {prober: request, send: [ping], expect: [{equals: pong}]}
              netmq_ping: {prober: request, client: netmq, send: [ping], expect: [{equals: pong}]}
            targets:
              - {name: server, endpoint: "{{peer.Endpoint}}", modules: [ping, netmq_ping, transport], interval: 1s, timeout: 900ms}
              - {name: name, endpoint: "{{peer.Endpoint.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)}}", modules: [ping], interval: 1s, timeout: 900ms}

            """,
            "--heartbeat.listen-address=tcp://127.0.0.1:0");

        await exporter.EventuallyAsync(
            samples => samples.Find("zmq_target_state", ("state", "up")).Count(sample => sample.Value == 1) == 4, // NetMQ's is a process of its own
            TimeSpan.FromMinutes(1));
        foreach (var page in (string[])["/", "/docs/runbook", "/api/v1/targets"])
        {
            Assert.NotEmpty(await exporter.GetTextAsync(page));
        }

        await exporter.Process.SignalAsync("HUP");
        await exporter.Process.WaitForLineAsync("msg=\"config reloaded\"");
        await exporter.Process.SignalAsync("TERM");
        Assert.Equal(0, await exporter.Process.WaitForExitAsync()); // it saves its state at the end
    }

    // Else the test above would prove nothing.
    [Fact]
    public async Task Confined_ProgramThatDoesWhatIsForbidden_IsKilled()
    {
        await using var process = ChildProcess.Start(
            "/usr/bin/python3",
            [
                Path.Combine(AppContext.BaseDirectory, "peers", "confined.py"),
                Path.Combine(Repository.Root, "packaging", "systemd", "zmq_exporter.service"),
                "/usr/bin/python3",
                "-c",
                """
                import mmap, os
                try:
                    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
                except PermissionError:
                    print("refused", flush=True)
                os.chroot("/")
                """,
            ],
            "install it with: apt-get install python3");

        Assert.Equal(128 + 31, await process.WaitForExitAsync()); // SIGSYS
        Assert.Equal(["refused"], process.Output, StringComparer.Ordinal);
    }
}
