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
    public async Task<IReadOnlyList<MetricSample>> QueryAsync(string query) =>
        await GetAsync(
            $"query?query={Uri.EscapeDataString(query)}",
            data => (IReadOnlyList<MetricSample>)[.. data.GetProperty("result").EnumerateArray().Select(ToSample)]);

    /// <summary>The series that a query gives at each second of a time range.</summary>
    /// <param name="query">PromQL.</param>
    /// <param name="start">The first instant, Unix time in seconds.</param>
    /// <param name="end">The last one.</param>
    public async Task<IReadOnlyList<MetricSeries>> QueryRangeAsync(string query, double start, double end) =>
        await GetAsync(
            string.Create(
                CultureInfo.InvariantCulture, $"query_range?step=1&start={start:0.000}&end={end:0.000}&query={Uri.EscapeDataString(query)}"),
            data => (IReadOnlyList<MetricSeries>)
            [
                .. data.GetProperty("result").EnumerateArray()
                    .Select(series => new MetricSeries(
                        ToLabels(series), [.. series.GetProperty("values").EnumerateArray().Select(point => point[0].GetDouble())])),
            ]);

    /// <summary>The values of a label among the series that a selector finds.</summary>
    public async Task<IReadOnlyList<string>> LabelValuesAsync(string selector, string label) =>
        await GetAsync(
            $"label/{label}/values?match[]={Uri.EscapeDataString(selector)}",
            data => (IReadOnlyList<string>)[.. data.EnumerateArray().Select(value => value.GetString()!)]);

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
        var labels = ToLabels(result);
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

    private static Dictionary<string, string> ToLabels(JsonElement result) =>
        result.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!, StringComparer.Ordinal);

    private async Task<T> GetAsync<T>(string path, Func<JsonElement, T> read)
    {
        using var response = await _client.GetAsync(new Uri($"api/v1/{path}", UriKind.Relative), TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{Uri.UnescapeDataString(path)}: {text}");
        using var json = JsonDocument.Parse(text);
        return read(json.RootElement.GetProperty("data"));
    }
}

/// <summary>One series of a query over a time range.</summary>
/// <param name="Labels">Its labels.</param>
/// <param name="Times">The instants at which it has a value, Unix time in seconds.</param>
internal sealed record MetricSeries(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<double> Times);
