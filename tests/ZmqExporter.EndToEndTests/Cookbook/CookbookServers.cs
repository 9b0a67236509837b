namespace ZmqExporter.EndToEndTests.Cookbook;

/// <summary>Every server of the cookbook, and one exporter for all of them.</summary>
public sealed class CookbookServers : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private readonly Dictionary<string, ReservedPort> _ports = new(StringComparer.Ordinal);
    private readonly List<ChildProcess> _peers = [];
    private ExporterProcess? _exporter;

    internal Dictionary<string, CookbookPage> Pages { get; } = new(StringComparer.Ordinal);

    internal ExporterProcess Exporter => _exporter!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        foreach (var name in CookbookPage.Names)
        {
            var page = new CookbookPage(name, Endpoint);
            Pages.Add(name, page);
            _peers.Add(ChildProcess.Start(PythonPeer.Python, ["-u", Write($"{name}.py", page.Peer)], PythonPeer.Install));
        }

        var (modules, targets) = (string.Concat(Pages.Values.Select(page => page.Modules)), string.Concat(Pages.Values.Select(page => page.Targets)));
        _exporter = await ExporterProcess.StartAsync($"defaults: {{interval: 2s}}\nmodules:\n{modules}\ntargets:\n{targets}");
    }

    /// <summary>Writes a file that lives as long as this.</summary>
    internal string Write(string name, string text) => _directory.Write(name, text);

    /// <summary>What the servers printed.</summary>
    internal string Transcript() => string.Concat(_peers.Select(peer => peer.Transcript()));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_exporter is not null)
        {
            await _exporter.DisposeAsync();
        }

        foreach (var peer in _peers)
        {
            await peer.DisposeAsync();
        }

        foreach (var port in _ports.Values)
        {
            port.Dispose();
        }

        _directory.Dispose();
    }

    private string Endpoint(string written)
    {
        if (!_ports.TryGetValue(written, out var port))
        {
            _ports.Add(written, port = new ReservedPort());
        }

        return port.Endpoint;
    }
}
