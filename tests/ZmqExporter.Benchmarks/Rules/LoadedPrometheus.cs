using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace ZmqExporter.Benchmarks.Rules;

/// <summary>A Prometheus in a process of its own that scrapes nobody: what it has was written into it.</summary>
internal sealed class LoadedPrometheus : IAsyncDisposable
{
    public const int EvaluationSeconds = 15;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zmq-rules-");
    private readonly Process _process;

    private LoadedPrometheus()
    {
        var port = FreePort();
        Configure(rules: false);
        string[] arguments =
        [
            $"--config.file={Config}", $"--storage.tsdb.path={Path.Combine(_directory.FullName, "data")}", $"--web.listen-address=127.0.0.1:{port}",
            "--web.enable-lifecycle", "--web.enable-remote-write-receiver", "--log.level=warn", "--query.max-samples=200000000",
            // Everything stays in the head, where the last hours are anyway.
            "--storage.tsdb.min-block-duration=20d", "--storage.tsdb.max-block-duration=20d", "--storage.tsdb.retention.time=60d",
        ];
        _process = Process.Start(new ProcessStartInfo("prometheus", arguments) { UseShellExecute = false })!;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromMinutes(10) };
    }

    public HttpClient Client { get; }

    /// <summary>The CPU time that its process has had.</summary>
    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    private string Config => Path.Combine(_directory.FullName, "prometheus.yml");

    public static async Task<LoadedPrometheus> StartAsync()
    {
        var prometheus = new LoadedPrometheus();
        while (!await prometheus.IsReadyAsync())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }

        return prometheus;
    }

    /// <summary>From now on it evaluates the rules of alerts/.</summary>
    public async Task EvaluateRulesAsync()
    {
        Configure(rules: true);
        using var response = await Client.PostAsync(new Uri("-/reload", UriKind.Relative), content: null);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Asks a query, and returns how many series its answer has.</summary>
    public async Task<int> AskAsync(string path, params (string Name, string Value)[] parameters)
    {
        using var content = new FormUrlEncodedContent(parameters.Select(one => KeyValuePair.Create(one.Name, one.Value)));
        using var response = await Client.PostAsync(new Uri(path, UriKind.Relative), content);
        var answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync());
        return answer.RootElement.GetProperty("status").GetString() == "success"
            ? answer.RootElement.GetProperty("data").GetProperty("result").GetArrayLength()
            : throw new InvalidOperationException($"{answer.RootElement} for {string.Join(", ", parameters)}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Client.Dispose();
        _directory.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Configure(bool rules) => File.WriteAllText(
        Config,
        string.Create(
            CultureInfo.InvariantCulture,
            $"global: {{scrape_interval: 15s, evaluation_interval: {EvaluationSeconds}s}}\nrule_files: [{(rules ? Path.Combine(Repository.Root, "alerts", "*.rules.yml") : "")}]\n"));

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await Client.GetAsync(new Uri("-/ready", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException error)
        {
            return !_process.HasExited ? false : throw new InvalidOperationException("Prometheus ended.", error);
        }
    }
}
