using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Configuration.Web;
using ZmqExporter.Http.Protection;
using ZmqExporter.Metrics;

namespace ZmqExporter;

/// <summary>The web config as a part of the host.</summary>
internal static class WebConfigParts
{
    /// <summary>Makes what follows the file while the exporter runs.</summary>
    public static WebConfigStore CreateStore(IServiceProvider provider, WebConfigResult loaded, string file)
    {
        var metrics = provider.GetRequiredService<ExporterMetrics>().Self.WebConfig;
        metrics.Read(isInForce: true, NotAfter(loaded.Config!));
        return new WebConfigStore(
            loaded,
            () => WebConfigLoader.Load(file),
            FileFingerprint.Of,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WebConfigStore>>())
        {
            OnRead = (isInForce, config) => metrics.Read(isInForce, NotAfter(config)),
        };
    }

    private static DateTimeOffset? NotAfter(WebConfig config) => config.Tls?.Certificate.Leaf.NotAfter;
}
