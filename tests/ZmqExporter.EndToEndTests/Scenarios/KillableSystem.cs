namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>
/// Servers on real libzmq, an exporter that probes them over every prober, and a Prometheus with the bundled rules whose pages an
/// Alertmanager sends on. All but the last two can be killed and started again.
/// </summary>
internal sealed class KillableSystem : IAsyncDisposable
{
    /// <summary>The exporter's name among the processes.</summary>
    public const string ExporterName = "exporter";

    /// <summary>Prometheus' name among the processes.</summary>
    public const string PrometheusName = "prometheus";

    /// <summary>The targets by the process that they are served by.</summary>
    public static IReadOnlyDictionary<string, string[]> Targets { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["rep"] = ["rep", "rep_netmq"],
        ["router"] = ["router"],
        ["ipc"] = ["ipc", "ipc_transport"],
        ["publisher"] = ["publisher", "publisher_transport"],
    };

    private readonly Stack<IAsyncDisposable> _owned;
    private readonly Dictionary<string, IRestartable> _processes;

    private KillableSystem(Stack<IAsyncDisposable> owned, Dictionary<string, IRestartable> processes, WebhookReceiver pager)
    {
        _owned = owned;
        _processes = processes;
        Pager = pager;
    }

    /// <summary>Each target with the process that serves it.</summary>
    public static IEnumerable<(string Process, string Target)> All =>
        Targets.SelectMany(process => process.Value.Select(target => (process.Key, target)));

    /// <summary>The names of all that can be killed.</summary>
    public IEnumerable<string> Names => _processes.Keys.Order(StringComparer.Ordinal);

    /// <summary>The exporter.</summary>
    public ExporterProcess Exporter => (ExporterProcess)_processes[ExporterName];

    /// <summary>Prometheus.</summary>
    public PrometheusServer Prometheus => (PrometheusServer)_processes[PrometheusName];

    /// <summary>Pages come to its path "page".</summary>
    public WebhookReceiver Pager { get; }

    /// <summary>Starts all of it.</summary>
    public static async Task<KillableSystem> StartAsync()
    {
        var owned = new Stack<IAsyncDisposable>();
        var processes = new Dictionary<string, IRestartable>(StringComparer.Ordinal);
        try
        {
            var directory = new TempDirectory();
            owned.Push(new Ending(directory));
            var rep = Own("rep", RestartablePeer.Start("rep_server.py"));
            var router = Own("router", RestartablePeer.Start("router.py"));
            var ipc = Own("ipc", RestartablePeer.StartOn($"ipc://{directory.Path}/rep.sock", "rep_server.py"));
            var publisher = Own("publisher", RestartablePeer.Start("pub.py"));
            await Task.WhenAll(processes.Values.Select(peer => peer.WaitUntilReadyAsync()));

            var exporter = Own(ExporterName, await ExporterProcess.StartAsync(Config(rep, router, ipc, publisher)));
            var pager = await WebhookReceiver.StartAsync();
            owned.Push(pager);
            var alertmanager = await AlertmanagerServer.StartAsync(Alerts.AlertmanagerExample.For(pager.Address));
            owned.Push(alertmanager);
            Own(PrometheusName, await PrometheusServer.StartAsync(
                exporter.Address, alertmanager.Address, ruleFiles: Path.Combine(Repository.Root, "alerts", "*.rules.yml")));
            return new KillableSystem(owned, processes, pager);
        }
        catch
        {
            await EndAsync(owned);
            throw;
        }

        T Own<T>(string name, T process)
            where T : IRestartable
        {
            owned.Push(process);
            processes.Add(name, process);
            return process;
        }
    }

    /// <summary>Does what a plan says to one process. A start is only begun.</summary>
    public async Task DoAsync(KillStroke stroke)
    {
        var process = _processes[stroke.Process];
        if (stroke.Act != KillAct.Kill)
        {
            process.BeginStart();
        }

        switch (stroke.Act)
        {
            case KillAct.KillAtFirstLine:
                await process.Process.WaitForLineAsync("");
                break;
            case KillAct.KillWhenReady:
                await process.WaitUntilReadyAsync();
                break;
        }

        if (stroke.Act != KillAct.Start)
        {
            await process.KillAsync();
        }
    }

    /// <summary>Waits until these processes, which were started, listen.</summary>
    public Task WaitUntilReadyAsync(IEnumerable<string> names) => Task.WhenAll(names.Select(name => _processes[name].WaitUntilReadyAsync()));

    /// <inheritdoc />
    public ValueTask DisposeAsync() => EndAsync(_owned);

    private static async ValueTask EndAsync(Stack<IAsyncDisposable> owned)
    {
        while (owned.TryPop(out var part))
        {
            await part.DisposeAsync();
        }
    }

    private static string Config(RestartablePeer rep, RestartablePeer router, RestartablePeer ipc, RestartablePeer publisher) => """
        defaults: {interval: 500ms, timeout: 480ms, policy: {late_after: 470ms, flapping: {changes: 100}}}
        modules:
          ping: {prober: request, send: [ping], expect: [{equals: pong}]}
          ping_netmq: {extends: ping, client: netmq}
          echo: {prober: request, socket: dealer, send: ["", "{token}"], expect: [{frame: 1, equals: "{token}"}]}
          ticks: {prober: subscribe, topics: [tick], max_silence: 3s, sequence: {frame: 1, format: uint32_le}}
          transport: {prober: handshake, connection: persistent}
          transport_sub: {prober: handshake, socket: sub, connection: persistent}

        """ + ScenarioConfig.Targets(
            ("rep", rep.Endpoint, "ping"),
            ("rep_netmq", rep.Endpoint, "ping_netmq"),
            ("router", router.Endpoint, "echo"),
            ("ipc", ipc.Endpoint, "ping"),
            ("ipc_transport", ipc.Endpoint, "transport"),
            ("publisher", publisher.Endpoint, "ticks"),
            ("publisher_transport", publisher.Endpoint, "transport_sub"));

    private sealed class Ending(IDisposable inner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            inner.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
