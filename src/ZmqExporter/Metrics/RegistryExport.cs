using System.Text;
using Prometheus;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Metrics;

/// <summary>Writes the series of a prometheus-net registry in each format.</summary>
internal static class RegistryExport
{
    /// <summary>Writes them all. What comes after them would be outside of an OpenMetrics exposition.</summary>
    public static async Task WriteAsync(CollectorRegistry registry, Stream to, MetricsFormat format, CancellationToken cancellationToken)
    {
        if (format != MetricsFormat.Protobuf)
        {
            var exposition = format == MetricsFormat.OpenMetrics ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText;
            await registry.CollectAndExportAsTextAsync(to, exposition, cancellationToken);
            return;
        }

        // The library knows no protobuf, and shows its values as text only. There are about a hundred of them.
        using var text = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(text, ExpositionFormat.PrometheusText, cancellationToken);
        using var encoded = new ByteBuffer();
        foreach (var family in TextFamily.Parse(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length)))
        {
            family.WriteProtobuf(encoded);
        }

        await to.WriteAsync(encoded.WrittenMemory, cancellationToken);
    }
}
