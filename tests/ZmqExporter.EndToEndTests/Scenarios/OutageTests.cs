using System.Globalization;
using ZmqExporter.EndToEndTests.Messaging;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>A REP server on real libzmq goes through everything that a server goes through, probed over every client.</summary>
public sealed class OutageTests
{
    private const string Server = "server";

    public static TheoryData<ClientKind> Clients => Servers.Clients;

    /// <summary>Modules without a token: the connection is renewed, or made for each probe.</summary>
    public static TheoryData<ClientKind, string> ClientsWithModules
    {
        get
        {
            var data = new TheoryData<ClientKind, string>();
            foreach (var client in Enum.GetValues<ClientKind>())
            {
                data.Add(client, "ping");
                data.Add(client, "once");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Serve_ServerStopsAndReturns_SuspectThenDownAtTheThirdMissThenUp(ClientKind client)
    {
        using var port = new ReservedPort();
        var peer = await PythonPeer.StartRepAsync(port.Number);
        try
        {
            await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint, client: client));
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
            await exporter.EventuallyAsync(samples => // the first miss may have seen the connection break
                TargetView.Of(samples, Server) is { State: "down", Answers: (0, 0, 0) } && TargetView.Failures(samples, Server, "refused") >= 2);

            peer = await PythonPeer.StartRepAsync(port.Number);
            var up = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up"
                && TargetView.Events(samples, Server, "connected") >= 2);
            Assert.True(TargetView.Events(up, Server, "disconnected") >= 1);
            Assert.True(TargetView.Events(up, Server, "connect_retried") >= 1);
            Assert.True(client == ClientKind.Zmtp ? TargetView.Events(up, Server, "handshake_succeeded") >= 2 : HasNoHandshakes(up));
            Assert.Equal(1, up.Value("zmq_target_state_changes_total", ("target", Server), ("to", "down")));
        }
        finally
        {
            await peer.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(ClientsWithModules))]
    public async Task Serve_ApplicationHangs_ReachableAndNotResponsive(ClientKind client, string module)
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint, module, client));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");

        await peer.CommandAsync("hang");
        await exporter.EventuallyAsync(samples =>
            TargetView.Of(samples, Server) is { State: "down", Answers: (1, 0, 0) } && TargetView.Failures(samples, Server, "reply_timeout") >= 3);

        await peer.CommandAsync("resume");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "up", Stale: > 0, Answers: (1, 1, 1) });
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Serve_ProcessFrozen_NeitherReachableNorResponsiveAndLateAnswersAreStale(ClientKind client)
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await peer.CommandAsync("old 0");
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint, "numbered", client));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");

        await peer.Process.SignalAsync("STOP");
        var frozen = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "down", Answers: (0, 0, 0) });
        var view = TargetView.Of(frozen, Server);
        Assert.Equal(0, view.Stale);
        if (client == ClientKind.Zmtp)
        {
            await exporter.Process.WaitForLineAsync("target is down.*a proxy or load balancer accepted for a server that is down; it answered .* s ago");
        }

        // There is no token, but the server tells the probes that ended in the outage another answer: taken for fresh, it would be a wrong one.
        await peer.ThawAsync(string.Create(CultureInfo.InvariantCulture, $"old {view.Probes}"));
        var up = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "up", Stale: > 0 });
        Assert.Equal(0, TargetView.Failures(up, Server, "unexpected_reply"));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Serve_TokensAndAFrozenServer_TheLateReplyIsToldApart(ClientKind client)
    {
        await using var peer = await PythonPeer.StartAsync("router.py");
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint, "echo", client));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");

        await peer.Process.SignalAsync("STOP");
        var frozen = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "down", Misses: >= 3, Reachable: 0 });
        await peer.Process.SignalAsync("CONT");

        // Nothing on the kept connection showed that it lived, so the next probes had others; what was asked on it is answered in the end.
        var up = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "up", Stale: >= 1 });
        Assert.InRange(TargetView.Of(up, Server).Stale, 1, TargetView.Of(up, Server).Missed);
        Assert.True(TargetView.Events(up, Server, "connected") > 1);
        Assert.True(TargetView.Of(frozen, Server).Misses <= TargetView.Of(up, Server).Missed);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Serve_AnswersLate_DegradedAndNoMiss(ClientKind client)
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await peer.CommandAsync("delay 600");
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint, client: client));

        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "degraded", Answers: (1, 1, 1), Late: >= 2 });
        await peer.CommandAsync("delay 0");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Serve_WrongAnswer_ResponsiveAndNotReady(ClientKind client)
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await peer.CommandAsync("reply unknown");
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint, client: client));

        await exporter.EventuallyAsync(samples =>
            TargetView.Of(samples, Server) is { State: "down", Answers: (1, 1, 0) } && TargetView.AllMissesAre(samples, Server, "unexpected_reply"));
    }

    /// <summary>Frozen with a probe under way, across the soft deadline and then across the hard one.</summary>
    [Theory]
    [InlineData(ClientKind.Zmtp, false)]
    [InlineData(ClientKind.Zmtp, true)]
    [InlineData(ClientKind.NetMq, false)]
    public async Task Serve_ExporterItselfFrozen_BlamesNoTarget(ClientKind client, bool overIpc)
    {
        using var directory = new TempDirectory();
        var socket = $"ipc://{directory.Path}/rep.sock";
        await using var peer = overIpc ? await PythonPeer.StartAsync("rep_server.py", "--bind", socket) : await PythonPeer.StartRepAsync();
        await peer.CommandAsync("delay 300"); // so that a scrape finds a probe under way
        var config = ScenarioConfig.Of(overIpc ? socket : peer.Endpoint, client: client).Replace(
            "interval: 1s, timeout: 900ms, policy: {late_after: 400ms}",
            "interval: 2s, timeout: 1900ms, policy: {late_after: 1s}",
            StringComparison.Ordinal);
        await using var exporter = await ExporterProcess.StartAsync(config);
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "up" });

        foreach (var seconds in (int[])[1, 2])
        {
            var probes = TargetView.Of(await exporter.EventuallyAsync(samples => samples.Value("zmq_exporter_probes_in_flight") == 1), Server).Probes;
            await exporter.Process.SignalAsync("STOP");
            await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, TestContext.Current.CancellationToken); // how long it stands still is the test
            await exporter.Process.SignalAsync("CONT");
            var view = TargetView.Of(await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).Probes > probes), Server);
            Assert.Equal((0, 0), (view.Missed, view.Late));
        }
    }

    /// <summary>NetMQ's monitor ends at TCP: 0 would say that no handshake succeeded.</summary>
    private static bool HasNoHandshakes(MetricSamples samples) =>
        samples.Find("zmq_connection_events_total", ("target", Server), ("event", "handshake_succeeded")).Count == 0;
}
