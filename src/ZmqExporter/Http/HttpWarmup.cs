using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ZmqExporter.Http;

/// <summary>
/// Asks our own port for what others will ask for, before the first probe: what .NET loads and compiles for it is there then, and the first
/// scrape neither needs file descriptors for it nor the CPU time of the first probes.
/// </summary>
internal static class HttpWarmup
{
    private const string Browser = "text/html";
    private const string Prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3";
    private const string NativeHistograms = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>What is asked for: each way to render something once.</summary>
    internal static ImmutableArray<(string Path, string Accept)> Requests { get; } =
        [("/metrics", Prometheus), ("/metrics", NativeHistograms), ("/", Browser)];

    /// <summary>Asks. Never fails: where it cannot, the first clients wait a little longer.</summary>
    /// <param name="addresses">Where the exporter listens.</param>
    /// <param name="stopping">Ends it early.</param>
    public static async Task RunAsync(IEnumerable<string> addresses, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(Limit);
        try
        {
            if (addresses.Select(EndPointOf).OfType<IPEndPoint>().FirstOrDefault() is { } port)
            {
                foreach (var (path, accept) in Requests)
                {
                    await AskAsync(port, path, accept, limit.Token);
                }
            }
        }
#pragma warning disable CA1031 // Whatever it is (a firewall in front of our own port, a machine that is very busy), the start goes on.
        catch (Exception)
        {
        }
#pragma warning restore CA1031
    }

    /// <summary>Where to reach an address that is listened on, such as <c>http://[::]:19555</c>.</summary>
    /// <returns>Null for what is no TCP address.</returns>
    internal static IPEndPoint? EndPointOf(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Port <= 0)
        {
            return null;
        }

        return uri.Host == "localhost" ? new IPEndPoint(IPAddress.Loopback, uri.Port)
            : !IPAddress.TryParse(uri.Host, out var ip) ? null
            : new IPEndPoint(
                ip.Equals(IPAddress.Any) ? IPAddress.Loopback
                : ip.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
                : ip,
                uri.Port);
    }

    private static async Task AskAsync(IPEndPoint port, string path, string accept, CancellationToken limit)
    {
        using var socket = new Socket(port.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(port, limit);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {port}\r\nAccept: {accept}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"), limit);
        var buffer = new byte[16 << 10];
        while (await socket.ReceiveAsync(buffer, limit) > 0)
        {
            // Nobody looks at the answer.
        }
    }
}
