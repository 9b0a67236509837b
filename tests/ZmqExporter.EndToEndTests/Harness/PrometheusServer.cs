using System.Globalization;
using System.Text.Json;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>A real Prometheus that scrapes one exporter, with its data in a directory of its own.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly TempDirectory _directory;
    private readonly HttpClient _client;

    private PrometheusServer(ChildProcess process, TempDirectory directory, string address)
    {
        _process = process;
        _directory = directory;
        _client = new HttpClient { BaseAddress = new Uri($"http://{address}/"), Timeout = Eventually.Deadline };
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="exporter">The address that it scrapes each second.</param>
    /// <param name="alertmanager">Where its alerts go, or null for nowhere.</param>
    /// <param name="ruleFiles">What it evaluates each second; paths or patterns.</param>
    public static async Task<PrometheusServer> StartAsync(Uri exporter, Uri? alertmanager = null, params string[] ruleFiles)
    {
        var directory = new TempDirectory();
        ChildProcess? process = null;
        try
        {
            var config = directory.Write(
                "prometheus.yml",
                $$"""
                global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
                rule_files: [{{string.Join(", ", ruleFiles.Select(file => $"\"{file}\""))}}]
                alerting: {alertmanagers: [{static_configs: [{targets: [{{(alertmanager is null ? "" : $"\"{alertmanager.Authority}\"")}}]}]}]}
                scrape_configs:
                  - job_name: zmq_exporter
                    static_configs: [{targets: ["{{exporter.Authority}}"]}]
                """);
            process = ChildProcess.Start(
                "prometheus",
                [$"--config.file={config}", $"--storage.tsdb.path={directory.Path}/data", "--web.listen-address=127.0.0.1:0"],
                "install it with: apt-get install prometheus");
            var listening = await process.WaitForLineAsync(@"msg=""Listening on"" address=(\S+)");
            await process.WaitForLineAsync("Server is ready to receive web requests");
            return new PrometheusServer(process, directory, listening.Groups[1].Value);
        }
        catch
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }

            directory.Dispose();
            throw;
        }
    }

    /// <summary>The samples that a query selects now: an empty list when it selects nothing.</summary>
    public async Task<IReadOnlyList<MetricSample>> QueryAsync(string query)
    {
        var path = new Uri($"api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative);
        using var response = await _client.GetAsync(path, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{query}: {text}");
        using var json = JsonDocument.Parse(text);
        return [.. json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(ToSample)];
    }

    /// <summary>Queries until the condition holds and returns that answer.</summary>
    public async Task<IReadOnlyList<MetricSample>> EventuallyAsync(
        string query, Func<IReadOnlyList<MetricSample>, bool> condition, TimeSpan? timeout = null) =>
        await Eventually.GetAsync(
            async () => await QueryAsync(query) is var samples && condition(samples) ? samples : null,
            timeout ?? Eventually.Deadline,
            () => $"{query} never showed it{_process.Transcript()}");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _directory.Dispose();
    }

    private static MetricSample ToSample(JsonElement result)
    {
        var labels = result.GetProperty("metric").EnumerateObject()
            .ToDictionary(label => label.Name, label => label.Value.GetString()!, StringComparer.Ordinal);
        var value = result.GetProperty("value")[1].GetString()!; // [time, "value"]
        labels.Remove("__name__", out var name);
        return new MetricSample(
            name ?? "",
            labels,
            value switch
            {
                "+Inf" => double.PositiveInfinity,
                "-Inf" => double.NegativeInfinity,
                _ => double.Parse(value, CultureInfo.InvariantCulture),
            });
    }
}
