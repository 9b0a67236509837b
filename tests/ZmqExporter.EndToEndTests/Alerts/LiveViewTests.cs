using ZmqExporter.EndToEndTests.Scenarios;

namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>
/// A pair of exporters that watch the same servers, with rules whose minutes are three seconds: what is renamed, relabelled, lost or cut off, and
/// what the pager and the tickets get of it. One Prometheus for all scenarios, one after the other.
/// </summary>
[WaitsLong]
public sealed class LiveViewTests : IAsyncDisposable
{
    private const string Page = "page";
    private const string Ticket = "ticket";
    private const string Dead = "tcp://127.0.0.1:1";

    private readonly ReservedPort _port = new();
    private readonly QuickChain _chain = new();

    private ServerPeer _lone = null!;
    private ServerPeer _host = null!;
    private ExporterProcess _first = null!;
    private ExporterProcess _second = null!;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _chain.DisposeAsync();
        _port.Dispose();
    }

    [Fact]
    public async Task Chain_RenamedRelabelledLostAndCutOff_PagesOnceAndMakesItsTicket()
    {
        await StartAsync();

        await RenameAndRelabelInAnOutageAsync();
        await MissAgainAndAgainAfterItAsync();
        await LoseOneOfThePairAsync();
        await TicketAsync("ZmqTargetNeverSeen", "typo"); // since the start
        await LoseTargetsAsync();
        Assert.All(
            _chain.Receiver.Of(Page).SelectMany(page => page.Alerts),
            alert => Assert.Equal(("ZmqTargetDown", "lone"), (alert.Labels["alertname"], alert.Labels.GetValueOrDefault("target"))));

        await CutOffAsync();
    }

    /// <summary>One page for an outage in which an exporter gets another name; another label moves it, and it ends with the outage.</summary>
    private async Task RenameAndRelabelInAnOutageAsync()
    {
        await _lone.DisposeAsync();
        await _chain.EventuallyAsync("""ALERTS{alertname="ZmqTargetDown",alertstate="firing",team="red"}""", 2);
        WriteSecond("renamed");
        await _chain.EventuallyAsync("""zmq_target:outage_renamed:bool{target="lone",instance="renamed"} == 1""", 1);
        WriteConfig(_first, Config("blue"));
        await _first.Process.SignalAsync("HUP");
        await _chain.Receiver.EventuallyAsync(Page, page => page.Alerts.Any(alert => alert.Status == "firing" && alert.Labels["team"] == "blue"), AlertChain.Patience);
        Assert.Empty(await _chain.Prometheus.QueryAsync("""ALERTS{alertname="ZmqTargetDown",instance="renamed"}"""));

        _lone = await PythonPeer.StartRepAsync(_port.Number);
        await _chain.Receiver.EventuallyAsync(Page, page => page.Status == "resolved", AlertChain.Patience);
    }

    /// <summary>Single misses soon after an outage are a ticket: the outage's own ones do not hide them.</summary>
    private async Task MissAgainAndAgainAfterItAsync()
    {
        for (var i = 0; i < 6; i++)
        {
            var before = await MissesAsync();
            await _lone.CommandAsync("once 1300");
            await _first.EventuallyAsync(samples => Misses(samples) > before, AlertChain.Patience);
            await _first.EventuallyAsync(samples => samples.Value("zmq_target_state", ("target", "lone"), ("state", "up")) == 1, AlertChain.Patience);
        }

        await TicketAsync("ZmqTargetRecurringMisses", "lone");

        async Task<double> MissesAsync() => Misses(await _first.ScrapeAsync());
        static double Misses(MetricSamples samples) => samples.Value("zmq_probe_misses_total", ("target", "lone")) ?? 0;
    }

    /// <summary>Who watches the same servers is there: a ticket, and no page.</summary>
    private async Task LoseOneOfThePairAsync()
    {
        await _second.KillAsync();
        await TicketAsync("ZmqExportersFewer");
        Assert.Empty(await _chain.Prometheus.QueryAsync("""ALERTS{alertname=~"ZmqExporterDown|ZmqExporterAbsent"}"""));
        _second.BeginStart();
        await _second.WaitUntilReadyAsync();
        await _chain.EventuallyAsync("""zmq_target_state{state="up",instance="renamed"} == 1""", 5);
    }

    /// <summary>A reload that loses most of the targets.</summary>
    private async Task LoseTargetsAsync()
    {
        WriteConfig(_first, Config("blue", []));
        await _first.Process.SignalAsync("HUP");
        await TicketAsync("ZmqTargetsFewer");
    }

    /// <summary>Servers that one exporter has lost and the other one sees up: the exporter gets a ticket.</summary>
    private async Task CutOffAsync()
    {
        WriteConfig(_first, Config("blue"));
        await _first.Process.SignalAsync("HUP");
        await _chain.EventuallyAsync("""zmq_target_state{state="up",instance!="renamed"} == 1""", 5);
        WriteConfig(_first, Config("blue").Replace(_host.Endpoint, Dead, StringComparison.Ordinal));
        await _first.Process.SignalAsync("HUP");
        var ticket = await TicketAsync("ZmqExporterIsolated");
        Assert.Equal(_first.Address.Authority, ticket.Labels["instance"]);
    }

    private async Task<NotifiedAlert> TicketAsync(string alertName, string? target = null)
    {
        var ticket = await _chain.Receiver.EventuallyAsync(Ticket, one => one.Alerts.Any(IsIt), AlertChain.Patience);
        return ticket.Alerts.First(IsIt);

        bool IsIt(NotifiedAlert alert) => alert.Labels["alertname"] == alertName && (target is null || alert.Labels["target"] == target);
    }

    private async Task StartAsync()
    {
        _host = _chain.Own(await PythonPeer.StartRepAsync());
        _lone = await PythonPeer.StartRepAsync(_port.Number);
        _first = _chain.Own(await ExporterProcess.StartAsync(Config("red")));
        _second = _chain.Own(await ExporterProcess.StartAsync(Config("red")));
        WriteSecond("second");
        await _chain.StartAsync(_first.Address);
        await _chain.EventuallyAsync("""zmq_target_state{state="up"} == 1""", 10);
    }

    /// <summary>The second exporter, under the name that it has now.</summary>
    private void WriteSecond(string instance) => _chain.WriteTargets([_second.Address], instance);

    private static void WriteConfig(ExporterProcess exporter, string config) => File.WriteAllText(exporter.ConfigFile, config);

    private string Config(string team) => Config(team, ["a", "b", "c", "d"]);

    private string Config(string team, string[] names) =>
        ScenarioConfig.Of([.. names.Select(name => (name, _host.Endpoint, "ping")), ("typo", Dead, "ping")]) +
        $"  - {{name: lone, endpoint: \"{_lone.Endpoint}\", modules: [ping], labels: {{team: {team}}}}}\n";
}
