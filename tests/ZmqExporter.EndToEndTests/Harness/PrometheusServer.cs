using System.Globalization;
using System.Text.Json;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>A real Prometheus that scrapes one exporter, with its data in a directory of its own.</summary>
internal sealed class PrometheusServer : IRestartable
{
    private const string ConfigFile = "prometheus.yml";
    private const string ReadyLine = "Server is ready to receive web requests";

    private readonly TempDirectory _directory;
    private readonly string? _features;
    private readonly HttpClient _client;
    private ReservedPort? _port;

    private PrometheusServer(ChildProcess process, TempDirectory directory, string address, string? features)
    {
        _features = features;
        Process = process;
        _directory = directory;
        _client = new HttpClient { BaseAddress = new Uri($"http://{address}/"), Timeout = Eventually.Deadline };
    }

    /// <inheritdoc />
    public ChildProcess Process { get; private set; }

    /// <summary>Where it answers.</summary>
    public Uri Address => _client.BaseAddress!;

    /// <summary>Where others may write series to.</summary>
    public Uri RemoteWrite => new(_client.BaseAddress!, "api/v1/write");

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="exporter">The address that it scrapes each second.</param>
    /// <param name="alertmanager">Where its alerts go, or null for nowhere.</param>
    /// <param name="features">What its <c>--enable-feature</c> says, or null for nothing.</param>
    /// <param name="scrape">Further settings of the scrape job as lines of YAML, or null for none.</param>
    /// <param name="scrapeConfigs">Further jobs, items of a YAML list; the text <c>EXPORTER</c> in it is the exporter's host and port.</param>
    /// <param name="ruleFiles">What it evaluates each second; paths or patterns.</param>
    public static async Task<PrometheusServer> StartAsync(
        Uri exporter, Uri? alertmanager = null, string? features = null, string? scrape = null, string scrapeConfigs = "", params string[] ruleFiles)
    {
        var directory = new TempDirectory();
        ChildProcess? process = null;
        try
        {
            directory.Write(
                ConfigFile,
                $$"""
                global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
                rule_files: [{{string.Join(", ", ruleFiles.Select(file => $"\"{file}\""))}}]
                alerting: {alertmanagers: [{static_configs: [{targets: [{{(alertmanager is null ? "" : $"\"{alertmanager.Authority}\"")}}]}]}]}
                scrape_configs:
                  - job_name: zmq_exporter
                    {{scrape?.ReplaceLineEndings("\n    ")}}
                    static_configs: [{targets: ["{{exporter.Authority}}"]}]
                {{scrapeConfigs.Replace("EXPORTER", exporter.Authority, StringComparison.Ordinal)}}
                """);
            process = StartProcess(directory, "127.0.0.1:0", features);
            var listening = await process.WaitForLineAsync(@"msg=""Listening on"" address=(\S+)");
            await process.WaitForLineAsync(ReadyLine);
            return new PrometheusServer(process, directory, listening.Groups[1].Value, features);
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

    /// <summary>The targets that a job has after relabelling, by a label of theirs, in order.</summary>
    public async Task<IReadOnlyList<string>> TargetsAsync(string job, string label) =>
        await GetAsync(
            "targets?state=active",
            data => (IReadOnlyList<string>)
            [
                .. data.GetProperty("activeTargets").EnumerateArray()
                    .Where(target => target.GetProperty("scrapePool").GetString() == job)
                    .Select(target => target.GetProperty("labels").GetProperty(label).GetString()!)
                    .Order(StringComparer.Ordinal),
            ]);

    /// <summary>The values of a label among the series that a selector finds.</summary>
    public async Task<IReadOnlyList<string>> LabelValuesAsync(string selector, string label) =>
        await GetAsync(
            $"label/{label}/values?match[]={Uri.EscapeDataString(selector)}",
            data => (IReadOnlyList<string>)[.. data.EnumerateArray().Select(value => value.GetString()!)]);

    /// <summary>The names of the labels of the series that a selector finds.</summary>
    public async Task<IReadOnlyList<string>> LabelNamesAsync(string selector) =>
        await GetAsync($"labels?match[]={Uri.EscapeDataString(selector)}", data => (IReadOnlyList<string>)[.. data.EnumerateArray().Select(name => name.GetString()!)]);

    /// <summary>The labels of the alerts of a rule group that fire; null as long as it was not evaluated after an instant.</summary>
    /// <remarks>What the rule engine has in hand, while <c>ALERTS</c> also has, for five minutes, what was so before Prometheus was killed.</remarks>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>?> FiringAsync(string group, DateTimeOffset after) =>
        await GetAsync(
            "rules?type=alert",
            data =>
            {
                var found = data.GetProperty("groups").EnumerateArray().First(one => one.GetProperty("name").GetString() == group);
                return found.GetProperty("lastEvaluation").GetDateTimeOffset() <= after
                    ? null
                    : (IReadOnlyList<IReadOnlyDictionary<string, string>>)
                    [
                        .. found.GetProperty("rules").EnumerateArray()
                            .SelectMany(rule => rule.GetProperty("alerts").EnumerateArray())
                            .Where(alert => alert.GetProperty("state").GetString() == "firing")
                            .Select(alert => ToLabels(alert, "labels")),
                    ];
            });

    /// <summary>Queries until the condition holds and returns that answer.</summary>
    public async Task<IReadOnlyList<MetricSample>> EventuallyAsync(
        string query, Func<IReadOnlyList<MetricSample>, bool> condition, TimeSpan? timeout = null) =>
        await Eventually.GetAsync(
            async () => await QueryAsync(query) is var samples && condition(samples) ? samples : null,
            timeout ?? Eventually.Deadline,
            () => $"{query} never showed it{Process.Transcript()}");

    /// <inheritdoc />
    public async Task KillAsync()
    {
        await Process.KillAsync();
        await Process.DisposeAsync();
        _port ??= new ReservedPort(_client.BaseAddress!.Port);
    }

    /// <inheritdoc />
    public void BeginStart() => Process = StartProcess(_directory, _client.BaseAddress!.Authority, _features);

    /// <inheritdoc />
    public Task WaitUntilReadyAsync() => Process.WaitForLineAsync(ReadyLine);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Process.DisposeAsync();
        _port?.Dispose();
        _directory.Dispose();
    }

    private static ChildProcess StartProcess(TempDirectory directory, string address, string? features) => ChildProcess.Start(
        "prometheus",
        [$"--config.file={directory.Path}/{ConfigFile}", $"--storage.tsdb.path={directory.Path}/data", $"--web.listen-address={address}", "--web.enable-remote-write-receiver", .. features is null ? Array.Empty<string>() : [$"--enable-feature={features}"]],
        "install it with: apt-get install prometheus");

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

    private static Dictionary<string, string> ToLabels(JsonElement result, string property = "metric") =>
        result.GetProperty(property).EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!, StringComparer.Ordinal);

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
