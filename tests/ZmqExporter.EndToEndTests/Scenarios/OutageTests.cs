using System.Globalization;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>A REP server on real libzmq goes through everything that a server goes through.</summary>
public sealed class OutageTests
{
    private const string Server = "server";

    [Fact]
    public async Task Serve_ServerStopsAndReturns_SuspectThenDownAtTheThirdMissThenUp()
    {
        var peer = await PythonPeer.StartRepAsync();
        try
        {
            await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint));
            await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "up", Reachable: 1, Responsive: 1, Ready: 1 });
            await peer.DisposeAsync();

            // One scrape can catch a change in the middle: only what two in a row agree on is judged.
            TargetView? last = null;
            await exporter.EventuallyAsync(samples =>
            {
                var view = TargetView.Of(samples, Server);
                var isSettled = last is not null && (last.Misses, last.State) == (view.Misses, view.State);
                last = view;
                if (isSettled)
                {
                    Assert.Equal(view.Misses switch { 0 => "up", 1 or 2 => "suspect", _ => "down" }, view.State);
                }

                return isSettled && view.State == "down";
            });
            var down = await exporter.ScrapeAsync();
            Assert.True(TargetView.Failures(down, Server, "refused") >= 2); // the first miss may have seen the connection break
            Assert.Equal((0, 0, 0), (TargetView.Of(down, Server).Reachable, TargetView.Of(down, Server).Responsive, TargetView.Of(down, Server).Ready));

            peer = await PythonPeer.StartRepAsync(peer.Port);
            var up = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");
            Assert.True(TargetView.Events(up, Server, "disconnected") >= 1);
            Assert.True(TargetView.Events(up, Server, "connect_retried") >= 1);
            Assert.True(TargetView.Events(up, Server, "connected") >= 2);
            Assert.True(TargetView.Events(up, Server, "handshake_succeeded") >= 2);
            Assert.Equal(1, up.Value("zmq_target_state_changes_total", ("target", Server), ("to", "down")));
        }
        finally
        {
            await peer.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("ping")] // no token: the connection is renewed
    [InlineData("once")]
    public async Task Serve_ApplicationHangs_ReachableAndNotResponsive(string module)
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint, module));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");

        await peer.CommandAsync("hang");
        var hung = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "down");
        var view = TargetView.Of(hung, Server);
        Assert.Equal((1, 0, 0), (view.Reachable, view.Responsive, view.Ready));
        Assert.True(TargetView.Failures(hung, Server, "reply_timeout") >= 3);

        await peer.CommandAsync("resume");
        var up = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "up", Stale: > 0 });
        Assert.Equal((1, 1, 1), (TargetView.Of(up, Server).Reachable, TargetView.Of(up, Server).Responsive, TargetView.Of(up, Server).Ready));
    }

    [Fact]
    public async Task Serve_ProcessFrozen_NeitherReachableNorResponsiveAndLateAnswersAreStale()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await peer.CommandAsync("old 0");
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint, "numbered"));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");

        await peer.Process.SignalAsync("STOP");
        var frozen = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "down");
        var view = TargetView.Of(frozen, Server);
        Assert.Equal((0, 0, 0), (view.Reachable, view.Responsive, view.Ready));
        Assert.Equal(0, view.Stale);

        // There is no token, but the server tells the probes that ended in the outage another answer: taken for fresh, it would be a wrong one.
        await peer.ThawAsync(string.Create(CultureInfo.InvariantCulture, $"old {view.Probes}"));
        var up = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "up", Stale: > 0 });
        Assert.Equal(0, TargetView.Failures(up, Server, "unexpected_reply"));
    }

    [Fact]
    public async Task Serve_TokensAndAFrozenServer_EveryStaleReplyIsToldApart()
    {
        await using var peer = await PythonPeer.StartAsync("router.py");
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint, "echo"));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");

        await peer.Process.SignalAsync("STOP");
        var frozen = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "down", Misses: >= 3 });
        Assert.Equal(0, TargetView.Of(frozen, Server).Reachable);
        await peer.Process.SignalAsync("CONT");

        // The connection is kept, so every request of the outage gets its answer in the end, and each is a stale one.
        var up = await exporter.EventuallyAsync(samples =>
            TargetView.Of(samples, Server) is { State: "up" } view && view.Stale == view.Missed);
        Assert.True(TargetView.Of(up, Server).Stale >= TargetView.Of(frozen, Server).Misses);
        Assert.Equal(1, TargetView.Events(up, Server, "connected"));
    }

    [Fact]
    public async Task Serve_AnswersLate_DegradedAndNoMiss()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await peer.CommandAsync("delay 600");
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint));

        var degraded = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "degraded");

        var view = TargetView.Of(degraded, Server);
        Assert.Equal((1, 1, 1), (view.Reachable, view.Responsive, view.Ready));
        Assert.True(view.Late >= 2);
        await peer.CommandAsync("delay 0");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");
    }

    [Fact]
    public async Task Serve_WrongAnswer_ResponsiveAndNotReady()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await peer.CommandAsync("reply unknown");
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint));

        var wrong = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "down");

        var view = TargetView.Of(wrong, Server);
        Assert.Equal((1, 1, 0), (view.Reachable, view.Responsive, view.Ready));
        Assert.Equal(view.Missed, TargetView.Failures(wrong, Server, "unexpected_reply"));
    }

    [Fact]
    public async Task Serve_ExporterItselfFrozen_BlamesNoTarget()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await peer.CommandAsync("delay 300"); // so that the freeze finds a probe under way
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint));
        var before = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "up", Probes: >= 2 });

        await exporter.Process.SignalAsync("STOP");
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, TestContext.Current.CancellationToken); // the length of the freeze
        await exporter.Process.SignalAsync("CONT");

        var probes = TargetView.Of(before, Server).Probes;
        var after = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "up" } view && view.Probes >= probes + 3);
        Assert.Equal(0, TargetView.Of(after, Server).Missed);
    }
}
