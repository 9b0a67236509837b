using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Http;
using ZmqExporter.Logging;

namespace ZmqExporter.Tests.Reference;

/// <summary>The page of the addresses: what the exporter routes.</summary>
internal static class HttpReference
{
    private const string Head = """
        # Reference: HTTP

        Made by a test from what the exporter routes. The port is that of `--web.listen-address`; with `--web.config.file` all but `/-/healthy` and `/-/ready` ask who it is
        ([web-config.md](web-config.md)). The parameters are with the pages that the last column names; `/api/v1/openapi.json` describes the API by machine.


        """;

    // Where an address is explained; the longest beginning counts.
    private static readonly (string Path, string Page)[] Pages =
    [
        ("/", "board.md"), ("/-/healthy", "running.md"), ("/-/ready", "running.md"), ("/-/reload", "running.md"), ("/api/", "api.md"), ("/config", "security.md"), ("/metrics", "metrics.md"),
        ("/probe", "probe-endpoint.md"), ("/probes/", "metrics.md"), ("/sd/", "discovery.md"), ("/docs/", "index.md"),
    ];

    /// <summary>The page.</summary>
    public static async Task<string> PageAsync()
    {
        var directory = Directory.CreateTempSubdirectory("zmq_exporter");
        try
        {
            var file = Path.Combine(directory.FullName, "zmq.yml");
            await File.WriteAllTextAsync(file, "targets: []\n", TestContext.Current.CancellationToken);
            var settings = new ServeSettings(file, [], new LogSettings(LogLevel.Information, LogFormat.Logfmt));
            await using var app = ExporterApplication.Create(settings, ConfigLoader.Load(file));
            var routes = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();
            var page = new StringBuilder(Head);
            page.AppendTable(
                ["request", "what it is", "more"],
                routes.OrderBy(route => route.RoutePattern.RawText, StringComparer.Ordinal).Select(Row));
            return page.ToString();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static string[] Row(RouteEndpoint route)
    {
        var path = route.RoutePattern.RawText!;
        var methods = route.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods;
        var summary = route.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary ?? "";
        var more = Pages.Where(page => path.StartsWith(page.Path, StringComparison.Ordinal)).MaxBy(page => page.Path.Length).Page;
        return [MarkdownTable.Code($"{string.Join(", ", methods)} {path.Replace("{**", "{", StringComparison.Ordinal).Replace(":long}", "}", StringComparison.Ordinal)}"), summary, $"[{more}]({more})"];
    }
}
