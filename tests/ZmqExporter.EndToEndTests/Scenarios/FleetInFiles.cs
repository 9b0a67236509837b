using System.Globalization;
using System.Text.Json;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>Servers on real libzmq, and a file_sd list for each data centre that says where they are.</summary>
internal sealed class FleetInFiles : IAsyncDisposable
{
    private readonly TempDirectory _lists = new();
    private readonly ServerPeer _peer;
    private readonly Dictionary<string, SortedDictionary<string, int>> _servers = new(StringComparer.Ordinal);

    private FleetInFiles(ServerPeer peer) => _peer = peer;

    /// <summary>The pattern of the lists.</summary>
    public string Pattern => Path.Combine(_lists.Path, "*.json");

    /// <summary>The names of all servers in the lists, in order.</summary>
    public IReadOnlyList<string> Names => [.. _servers.Values.SelectMany(site => site.Keys).Order(StringComparer.Ordinal)];

    /// <summary>Starts servers and writes the lists.</summary>
    /// <param name="perSite">How many in each data centre; their names are the site's with a number from 1.</param>
    /// <param name="sites">The data centres.</param>
    public static async Task<FleetInFiles> StartAsync(int perSite, params string[] sites)
    {
        var fleet = new FleetInFiles(await PythonPeer.StartAsync("fleet.py", (perSite * sites.Length).ToString(CultureInfo.InvariantCulture)));
        foreach (var (site, i) in sites.Select((site, i) => (site, i)))
        {
            fleet._servers[site] = new(StringComparer.Ordinal);
            for (var server = 0; server < perSite; server++)
            {
                fleet._servers[site][$"{site}-{(server + 1).ToString(CultureInfo.InvariantCulture)}"] = (i * perSite) + server;
            }

            fleet.Write(site);
        }

        return fleet;
    }

    /// <summary>Where a server is.</summary>
    public string EndpointOf(string name)
    {
        var number = _servers.Values.First(site => site.ContainsKey(name))[name];
        var line = _peer.Process.Output.First(line => line.StartsWith(string.Create(CultureInfo.InvariantCulture, $"server {number} "), StringComparison.Ordinal));
        return $"tcp://127.0.0.1:{line.Split(' ')[2]}";
    }

    /// <summary>A server gets a new place in the same data centre: both are there for a while.</summary>
    /// <returns>Ends the one at the old place.</returns>
    public async Task<Func<Task>> MoveAsync(string site, string name)
    {
        var before = _servers[site][name];
        await _peer.CommandAsync("open");
        _servers[site][name] = _peer.Process.Output.Count(line => line.StartsWith("server ", StringComparison.Ordinal)) - 1;
        Write(site);
        return () => _peer.CommandAsync(string.Create(CultureInfo.InvariantCulture, $"close {before}"));
    }

    /// <summary>A server goes from one list to another. The one that gets it is written first: a target in both is probed once.</summary>
    public void MoveToSite(string from, string to, string name)
    {
        _servers[to][name] = _servers[from][name];
        Write(to);
        _servers[from].Remove(name);
        Write(from);
    }

    /// <summary>A server has another name.</summary>
    public void Rename(string site, string from, string to)
    {
        _servers[site].Remove(from, out var number);
        _servers[site][to] = number;
        Write(site);
    }

    /// <summary>A server is taken out of its list.</summary>
    /// <returns>Ends it.</returns>
    public Func<Task> Remove(string site, string name)
    {
        _servers[site].Remove(name, out var number);
        Write(site);
        return () => _peer.CommandAsync(string.Create(CultureInfo.InvariantCulture, $"close {number}"));
    }

    /// <summary>A server breaks.</summary>
    public Task BreakAsync(string site, string name) =>
        _peer.CommandAsync(string.Create(CultureInfo.InvariantCulture, $"close {_servers[site][name]}"));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _peer.DisposeAsync();
        _lists.Dispose();
    }

    private void Write(string site)
    {
        var groups = _servers[site].Keys.Select(name => new
        {
            targets = new[] { EndpointOf(name) },
            labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["__zmq_name__"] = name, ["dc"] = site },
        });
        File.Move(_lists.Write($"{site}.next", JsonSerializer.Serialize(groups)), Path.Combine(_lists.Path, $"{site}.json"), overwrite: true);
    }
}
