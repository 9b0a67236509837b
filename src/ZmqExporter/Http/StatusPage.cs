using System.Globalization;
using System.Text.Encodings.Web;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics;
using ZmqExporter.OnDemand;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Http;

/// <summary>Writes the status page: plain HTML without script. Whatever comes from a config or a peer is encoded.</summary>
internal static class StatusPage
{
    private const int MaxDetail = 300; // characters; the history has the rest
    private const int MaxUnmapped = 5; // of a target; the metric has the number of all

    // The worst first: people who open this page during an outage look for those.
    private static readonly TargetState[] Order =
        [TargetState.Down, TargetState.Suspect, TargetState.Degraded, TargetState.Unknown, TargetState.Up];

    /// <summary>Writes the page row by row, so that ten thousand targets need no large buffer.</summary>
    public static async Task WriteAsync(TextWriter writer, BuildInfo build, IEnumerable<TargetStatus> targets, IReadOnlyList<RecentProbe> recent, Shard? shard = null)
    {
        var rows = targets.OrderBy(target => Array.IndexOf(Order, target.State)).ToList();
        await writer.WriteAsync(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>zmq_exporter</title>
            <style>{StatusPageStyle.Css}</style>
            </head>
            <body>
            <h1>zmq_exporter</h1>
            <p>Version {Encode(build.Version)}, revision {Encode(build.Revision)}.
            <a href="metrics">Metrics</a>, <a href="-/healthy">health</a>, <a href="-/ready">readiness</a>.</p>
            <h2>Targets</h2>
            <p>{Summary(rows)}{Part(shard)}</p>
            <table>
            <thead><tr><th scope="col">Target</th><th scope="col">Module</th><th scope="col">Endpoint</th><th scope="col">State</th><th scope="col">Misses in a row</th><th scope="col">Since</th><th scope="col">Last result</th></tr></thead>
            <tbody>

            """);
        foreach (var row in rows)
        {
            await writer.WriteAsync(Row(row));
        }

        await writer.WriteAsync("</tbody>\n</table>\n");
        await RecentProbesTable.WriteAsync(writer, recent);
        await writer.WriteAsync("</body>\n</html>\n");
    }

    private static string Summary(List<TargetStatus> rows)
    {
        var counts = Order
            .Select(state => (State: state, Count: rows.Count(row => row.State == state)))
            .Where(entry => entry.Count > 0)
            .Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Count} {entry.State.Label()}"));
        return rows.Count == 0 ? "None." : string.Join(", ", counts) + ".";
    }

    private static string Part(Shard? shard) => shard is { IsPart: true }
        ? $" This is shard {shard} of the targets: other exporters probe the others."
        : "";

    private static string Row(TargetStatus row)
    {
        var state = row.State.Label();
        var since = row.Since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <tr><td>{Encode(row.Name)}</td><td>{Encode(row.Module)}</td><td>{Encode(row.Endpoint)}</td><td class="state {state}">{state}</td><td class="number">{row.Misses}</td><td><time datetime="{since}">{since}</time></td><td>{LastResult(row)}</td></tr>

            """);
    }

    private static string LastResult(TargetStatus row)
    {
        var shown = row.LastDetail.Length == 0 ? "" : Shown(row.LastDetail);
        var result = row.LastReason is { } reason ? $"{reason.Label()}: {shown}" : shown;
        return result + string.Concat(row.Unmapped.Take(MaxUnmapped).Select(sentence => $"<br>warning: {Shown(sentence)}"));
    }

    // A peer's text in an element of its own: marks that turn the direction of writing end there.
    private static string Shown(string text) => $"<bdi>{Encode(text.Length <= MaxDetail ? text : text[..MaxDetail] + "…")}</bdi>";

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
