using System.Globalization;
using System.Text.Encodings.Web;
using ZmqExporter.OnDemand;

namespace ZmqExporter.Http;

/// <summary>Writes the status page's list of recent probes on demand, each with a link to all that was seen.</summary>
internal static class RecentProbesTable
{
    /// <summary>Writes it; nothing when there are none.</summary>
    public static async Task WriteAsync(TextWriter writer, IReadOnlyList<RecentProbe> probes)
    {
        if (probes.Count == 0)
        {
            return;
        }

        await writer.WriteAsync(
            """
            <h2>Recent probes through /probe</h2>
            <table>
            <thead><tr><th scope="col">Time</th><th scope="col">Target</th><th scope="col">Module</th><th scope="col">Result</th><th scope="col">Seconds</th><th scope="col">Debug output</th></tr></thead>
            <tbody>

            """);
        foreach (var probe in probes)
        {
            await writer.WriteAsync(Row(probe));
        }

        await writer.WriteAsync("</tbody>\n</table>\n");
    }

    private static string Row(RecentProbe probe)
    {
        var time = probe.Started.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var (colour, word) = probe.IsSuccess ? ("up", "success") : ("down", $"failure: {probe.Reason}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <tr><td><time datetime="{time}">{time}</time></td><td>{Encode(probe.Endpoint)}</td><td>{Encode(probe.Module)}</td><td class="state {colour}">{word}</td><td class="number">{probe.Duration.TotalSeconds:0.000}</td><td><a href="probe/{probe.Id}">log of probe {probe.Id}</a></td></tr>

            """);
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
