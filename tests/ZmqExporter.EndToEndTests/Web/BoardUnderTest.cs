namespace ZmqExporter.EndToEndTests.Web;

/// <summary>
/// One browser, and one exporter with a target in each state, some of which mean no good. They are started with the first test of all, and nobody waits for them
/// but who needs them: tests that begin only when a fixture is ready come last of all.
/// </summary>
public sealed class BoardUnderTest : IAsyncLifetime
{
    /// <summary>What a peer says to get something into the page.</summary>
    internal const string Hostile = "</bdi><script>alert(1)</script><img src=http://192.0.2.1/x onerror=alert(2)><style>*{display:none}</style>";

    /// <summary>The path of its external URL.</summary>
    internal const string Prefix = "/some/prefix";

    private readonly ScriptedServer _silent = new(static peer =>
    {
        peer.Handshake("PUB");
        peer.ReadToEnd();
    });

    private readonly ReservedPort _nobody = new();
    private readonly List<ServerPeer> _servers = [];

    private ChromiumBrowser? _browser;
    private ExporterProcess? _exporter;

    /// <summary>A server whose state a test changes.</summary>
    internal ServerPeer Mover { get; private set; } = null!;

    /// <summary>The targets whose states stay, by their states.</summary>
    internal static IReadOnlyDictionary<string, string> Targets { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["up"] = "well",
        ["degraded"] = "slow",
        ["down"] = "gone",
        ["suspect"] = "doubted",
        ["unknown"] = "silent",
    };

    /// <summary>Ends when they are there.</summary>
    internal Task Started { get; private set; } = Task.CompletedTask;

    /// <inheritdoc />
    public ValueTask InitializeAsync()
    {
        Started = StartAsync();
        return ValueTask.CompletedTask;
    }

    /// <summary>Opens a page of the exporter.</summary>
    internal Task<WatchedPage> OpenAsync(string path, Microsoft.Playwright.BrowserNewContextOptions? options = null, bool isFound = true) =>
        _browser!.OpenAsync(new Uri(_exporter!.Address, path), options, isFound);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAny(Started);
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        if (_exporter is not null)
        {
            await _exporter.DisposeAsync();
        }

        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _nobody.Dispose();
        _silent.Dispose();
    }

    private async Task StartAsync()
    {
        _browser = await ChromiumBrowser.StartAsync();
        var well = await ServerAsync();
        var slow = await ServerAsync("delay 300");
        var hostile = await ServerAsync($"reply {Hostile}");
        Mover = await ServerAsync();
        _exporter = await ExporterProcess.StartAsync(
            $$"""
            defaults: {interval: 1s, timeout: 900ms, policy: {late_after: 100ms} }
            modules:
              ping: {prober: request, socket: req, send: [ping], expect: [{equals: pong}] }
              doubted: {extends: ping, policy: {down_after: 1000} }
              feed: {prober: subscribe, topics: [""], max_silence: 60s, startup_grace: 1h}
            targets:
              - {name: well, endpoint: "{{well.Endpoint}}", modules: [ping], labels: {team: trading, zone: a} }
              - {name: slow, endpoint: "{{slow.Endpoint}}", modules: [ping], labels: {team: trading, zone: b} }
              - {name: gone, endpoint: "{{_nobody.Endpoint}}", modules: [ping], labels: {team: ops} }
              - {name: doubted, endpoint: "{{_nobody.Endpoint}}", modules: [doubted]}
              - {name: silent, endpoint: "{{_silent.Endpoint}}", modules: [feed]}
              - {name: mover, endpoint: "{{Mover.Endpoint}}", modules: [ping]}
              - {name: "host<b>ile/a b%2F", endpoint: "{{hostile.Endpoint}}", modules: [ping], labels: {team: "<script>alert(3)</script>"} }
            """,
            "--web.external-url=http://people.example" + Prefix);
        await _exporter.EventuallyAsync(static samples =>
            Targets.All(target => samples.Value("zmq_target_state", ("target", target.Value), ("state", target.Key)) == 1)
            && samples.Value("zmq_target_state", ("target", "host<b>ile/a b%2F"), ("state", "down")) == 1);
    }

    private async Task<ServerPeer> ServerAsync(string? command = null)
    {
        var server = await PythonPeer.StartRepAsync();
        _servers.Add(server);
        if (command is not null)
        {
            await server.CommandAsync(command);
        }

        return server;
    }
}
