using ZmqExporter.EndToEndTests.Scenarios;

namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>
/// From exporters that come and go to a pager: a Prometheus with rules whose minutes are three seconds, Alertmanager with the example config, and what its webhooks
/// receive. It owns what a scenario starts.
/// </summary>
internal sealed class QuickChain : IAsyncDisposable
{
    private const string Targets = "targets.json";

    private readonly TempDirectory _directory = new();
    private readonly TempDirectory _rules = new();
    private readonly Stack<IAsyncDisposable> _owned = [];

    /// <summary>Pages come to its path "page", tickets to "ticket".</summary>
    public WebhookReceiver Receiver { get; private set; } = null!;

    /// <summary>Prometheus.</summary>
    public PrometheusServer Prometheus { get; private set; } = null!;

    /// <summary>What is started last ends first.</summary>
    public T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _owned.Push(part);
        return part;
    }

    /// <summary>Starts all of it.</summary>
    /// <param name="fixedTarget">What Prometheus scrapes beside its list; Alertmanager, which is no exporter, if it is none.</param>
    public async Task StartAsync(Uri? fixedTarget = null)
    {
        Receiver = Own(await WebhookReceiver.StartAsync());
        var alertmanager = Own(await AlertmanagerServer.StartAsync(AlertmanagerExample.For(Receiver.Address)));
        Prometheus = Own(await PrometheusServer.StartAsync(
            fixedTarget ?? alertmanager.Address,
            alertmanager.Address,
            scrape: $"file_sd_configs: [{{files: [\"{_directory.Path}/{Targets}\"], refresh_interval: 1s}}]",
            ruleFiles: QuickRules.WriteTo(_rules)));
    }

    /// <summary>The exporters that Prometheus has.</summary>
    /// <param name="exporters">Their addresses.</param>
    /// <param name="instance">The name that they have now, or that of their address.</param>
    public void WriteTargets(IEnumerable<Uri> exporters, string? instance = null)
    {
        var labels = instance is null ? "" : $$""", "labels": {"instance": "{{instance}}"}""";
        _directory.Write("targets.new", $$"""[{"targets": [{{string.Join(", ", exporters.Select(exporter => $"\"{exporter.Authority}\""))}}]{{labels}}}]""");
        File.Move(Path.Combine(_directory.Path, "targets.new"), Path.Combine(_directory.Path, Targets), overwrite: true);
    }

    /// <summary>Waits until a query has so many samples.</summary>
    public Task<IReadOnlyList<MetricSample>> EventuallyAsync(string query, int count) =>
        Prometheus.EventuallyAsync(query, samples => samples.Count == count, AlertChain.Patience);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        while (_owned.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        _directory.Dispose();
        _rules.Dispose();
    }
}
