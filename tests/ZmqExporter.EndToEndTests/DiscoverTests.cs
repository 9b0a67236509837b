using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TestSupport;

namespace ZmqExporter.EndToEndTests;

/// <summary><c>zmq_exporter discover</c> on real servers of every kind, none of which may be harmed.</summary>
public sealed partial class DiscoverTests : IAsyncLifetime
{
    private const string SecretKey = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";
    private const int GreetingLength = 64;

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["rep"] = "REP",
        ["router"] = "ROUTER",
        ["pub"] = "PUB",
        ["xpub"] = "XPUB",
        ["pull"] = "PULL",
        ["push"] = "PUSH",
        ["dealer"] = "DEALER",
        ["pair"] = "PAIR",
        ["sub"] = "SUB",
        ["req"] = "REQ",
        ["ipc"] = "REP",
    };

    private readonly TempDirectory _directory = new();
    private ServerPeer _zoo = null!;
    private Dictionary<string, string> _endpoints = null!;

    public async ValueTask InitializeAsync()
    {
        _zoo = await PythonPeer.StartAsync("zoo.py", "--curve=" + SecretKey);
        _endpoints = _zoo.Process.Output.Select(line => Announced.Match(line)).Where(match => match.Success)
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["endpoint"].Value, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Discover_HostOfEveryKind_FindsAllHarmsNoneAndWritesAConfigurationThatServes()
    {
        var file = Path.Combine(_directory.Path, "found.yml");

        var found = await DiscoverAsync("--pid", _zoo.Process.Id.ToString(CultureInfo.InvariantCulture), "--write", file);

        Assert.Equal(_endpoints.Values.Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(Types, pair => Assert.Equal(("zmtp", "NULL", pair.Value), Told(found[_endpoints[pair.Key]])));
        Assert.Equal(("zmtp", "PLAIN", null), Told(found[_endpoints["plain"]]));
        Assert.Equal(("zmtp", "CURVE", null), Told(found[_endpoints["curve"]]));
        Assert.Equal(["silent", "SSH", "HTTP"], new[] { "silent", "ssh", "http" }.Select(name => found[_endpoints[name]].GetProperty("what").GetString()), StringComparer.Ordinal);
        Assert.All(found.Values, seen => Assert.Equal("zoo", seen.GetProperty("processes")[0].GetProperty("name").GetString()));

        var check = await ExporterProcess.RunAsync("check-config", file);
        Assert.Equal((0, ""), (check.ExitCode, check.Error));
        await using (var exporter = await ExporterProcess.StartAsync(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)))
        {
            await exporter.EventuallyAsync(metrics => metrics.Find("zmq_target_reachable") is { } samples && samples.Count == Types.Count && samples.All(sample => sample.Value == 1));
        }

        await _zoo.CommandAsync("check");
        var heard = _zoo.Process.Output.Select(line => Heard.Match(line)).Single(match => match.Success).Groups["bytes"].Value;
        Assert.True(heard.Length <= GreetingLength * 2 && heard.StartsWith("ff", StringComparison.Ordinal), heard);
    }

    [Fact]
    public async Task Discover_RealPrograms_AreKnownByTheirProcesses()
    {
        await using var kernel = await PythonPeer.StartAsync("jupyter_kernel.py");
        await using var mongrel2 = await PythonPeer.StartAsync("mongrel2_server.py");

        var found = await DiscoverAsync(kernel.Endpoint, mongrel2.Endpoint);

        Assert.Equal(["jupyter_heartbeat", "mongrel2_control"], new[] { kernel, mongrel2 }.Select(server => found[server.Endpoint].GetProperty("module").GetString()), StringComparer.Ordinal);
        Assert.Equal(0, (await ModuleVerdict.ProbeAsync(kernel, "jupyter_heartbeat")).ExitCode);
        Assert.Equal(0, (await ModuleVerdict.ProbeAsync(mongrel2, "mongrel2_control")).ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _zoo.DisposeAsync();
        _directory.Dispose();
    }

    // On a busy machine a peer may need more than the two seconds that it has by default.
    private static async Task<Dictionary<string, JsonElement>> DiscoverAsync(params string[] arguments)
    {
        var result = await ExporterProcess.RunAsync(["discover", "--json", "--timeout", "5s", .. arguments]);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output.Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(element => element.GetProperty("endpoint").GetString()!, StringComparer.Ordinal);
    }

    private static (string? Kind, string? Mechanism, string? SocketType) Told(JsonElement seen) =>
        (seen.GetProperty("kind").GetString(), seen.GetProperty("mechanism").GetString(), seen.GetProperty("socket_type").GetString());

    [GeneratedRegex("^endpoint (?<name>\\S+) (?<endpoint>\\S+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Announced { get; }

    [GeneratedRegex("^heard (?<bytes>[0-9a-f]*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heard { get; }
}
