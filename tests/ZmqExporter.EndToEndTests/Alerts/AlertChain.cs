using System.Text.RegularExpressions;
using ZmqExporter.EndToEndTests.Scenarios;

namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>
/// The whole chain from a server to a pager: a peer, the exporter, Prometheus with the rules as they are, Alertmanager with the example
/// config, and what its webhooks receive. Probes, scrapes and evaluations come each second.
/// </summary>
internal sealed partial class AlertChain : IAsyncDisposable
{
    private readonly ReservedPort _port;
    private readonly AlertmanagerServer _alertmanager;

    private AlertChain(ReservedPort port, ServerPeer peer, ExporterProcess exporter, WebhookReceiver receiver, AlertmanagerServer alertmanager, PrometheusServer prometheus)
    {
        _port = port;
        Peer = peer;
        Exporter = exporter;
        Receiver = receiver;
        _alertmanager = alertmanager;
        Prometheus = prometheus;
    }

    /// <summary>Long enough for every wait of the chain on a busy machine: only failures wait for it.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(3);

    /// <summary>The server that is probed as "server" by the module "ping".</summary>
    public ServerPeer Peer { get; private set; }

    /// <summary>The exporter.</summary>
    public ExporterProcess Exporter { get; }

    /// <summary>Prometheus.</summary>
    public PrometheusServer Prometheus { get; }

    /// <summary>Pages come to its path "page", tickets to "ticket".</summary>
    public WebhookReceiver Receiver { get; }

    /// <summary>Starts all of it and waits until Prometheus sees the server up.</summary>
    /// <param name="detail">The exporter's <c>metrics.detail</c>.</param>
    /// <param name="stateFile">The exporter's <c>state_file</c>, or none.</param>
    /// <param name="unhurried">Probes each three seconds with a timeout of nearly as much, so that a busy machine makes no miss of a late answer.</param>
    public static async Task<AlertChain> StartAsync(string detail = "full", bool unhurried = false, string stateFile = "")
    {
        var owned = new Stack<IAsyncDisposable>();
        var port = new ReservedPort();
        try
        {
            var peer = Own(await PythonPeer.StartRepAsync(port.Number));
            var config = ScenarioConfig.Of(peer.Endpoint);
            if (unhurried)
            {
                config = config.Replace("interval: 1s, timeout: 900ms", "interval: 3s, timeout: 2900ms", StringComparison.Ordinal);
                Assert.Contains("interval: 3s", config, StringComparison.Ordinal);
            }

            var exporter = Own(await ExporterProcess.StartAsync($"{config}metrics: {{detail: {detail}}}\nstate_file: '{stateFile}'\n"));
            var receiver = Own(await WebhookReceiver.StartAsync());
            var alertmanager = Own(await AlertmanagerServer.StartAsync(AlertmanagerExample.For(receiver.Address)));
            var prometheus = Own(await PrometheusServer.StartAsync(
                exporter.Address, alertmanager.Address, ruleFiles: Path.Combine(Repository.Root, "alerts", "*.rules.yml")));
            await prometheus.EventuallyAsync("""zmq_target_state{state="up"} == 1""", samples => samples.Count == 1, Patience);
            return new AlertChain(port, peer, exporter, receiver, alertmanager, prometheus);
        }
        catch
        {
            while (owned.TryPop(out var part))
            {
                await part.DisposeAsync();
            }

            port.Dispose();
            throw;
        }

        T Own<T>(T part)
            where T : IAsyncDisposable
        {
            owned.Push(part);
            return part;
        }
    }

    /// <summary>Starts the peer again on its port, after it was disposed.</summary>
    public async Task ReturnPeerAsync() => Peer = await PythonPeer.StartRepAsync(_port.Number);

    /// <summary>Waits until the exporter has finished so many more probes and Prometheus has seen them.</summary>
    /// <remarks>After a restart Prometheus first has to see the new process: until then it holds the old, higher counter.</remarks>
    public async Task ProbesAsync(int count)
    {
        var started = (await Exporter.ScrapeAsync()).Value("process_start_time_seconds")!.Value;
        await Prometheus.EventuallyAsync("process_start_time_seconds", samples => samples is [var one] && Math.Abs(one.Value - started) < 0.1, Patience);
        var before = (await Exporter.ScrapeAsync()).Value("zmq_probes_total", ("target", "server"))!.Value;
        await Prometheus.EventuallyAsync("zmq_probes_total", samples => samples is [var one] && one.Value >= before + count, Patience);
    }

    /// <summary>Every query of an alert's section in the runbook, asked for this server: each must have an answer.</summary>
    public async Task AssertRunbookAnswersAsync(string alert)
    {
        var section = Repository.Read("docs/runbook.md").Split($"\n## {alert}\n")[1].Split("\n## ")[0];
        var queries = Query().Matches(section).Select(match => match.Groups["query"].Value
            .Replace("TARGET", "server", StringComparison.Ordinal)
            .Replace("MODULE", "ping", StringComparison.Ordinal)
            .Replace("INSTANCE", Exporter.Address.Authority, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(queries);
        foreach (var query in queries)
        {
            await Prometheus.EventuallyAsync(query, samples => samples.Count > 0);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Prometheus.DisposeAsync();
        await _alertmanager.DisposeAsync();
        await Receiver.DisposeAsync();
        await Exporter.DisposeAsync();
        await Peer.DisposeAsync();
        _port.Dispose();
    }

    [GeneratedRegex("```promql\n(?<query>.*?)```", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Query();
}
