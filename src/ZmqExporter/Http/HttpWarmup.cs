using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
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
    /// <param name="own">Lets the server know that it is us who ask.</param>
    /// <param name="stopping">Ends it early.</param>
    public static async Task RunAsync(IEnumerable<string> addresses, OwnConnection own, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(Limit);
        try
        {
            if (addresses.FirstOrDefault(address => EndPointOf(address) is not null) is { } address)
            {
                foreach (var (path, accept) in Requests)
                {
                    await AskAsync(address, own, path, accept, limit.Token);
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

    private static async Task AskAsync(string address, OwnConnection own, string path, string accept, CancellationToken limit)
    {
        var port = EndPointOf(address)!;
        using var socket = new Socket(port.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(port, limit);
        own.Begin(socket.LocalEndPoint, socket.RemoteEndPoint);
        try
        {
            await using var plain = new NetworkStream(socket, ownsSocket: false);
            await using var stream = address.StartsWith("https:", StringComparison.Ordinal) ? await EncryptAsync(plain, limit) : plain;
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {port}\r\nAccept: {accept}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"),
                limit);
            var buffer = new byte[16 << 10];
            while (await stream.ReadAsync(buffer, limit) > 0)
            {
                // Nobody looks at the answer.
            }
        }
        finally
        {
            own.End();
        }
    }

    private static async Task<Stream> EncryptAsync(Stream plain, CancellationToken limit)
    {
        var encrypted = new SslStream(plain);
        await encrypted.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
#pragma warning disable CA5359, MA0039 // It is our own port, and nothing is sent to it or believed of it.
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359, MA0039
            },
            limit);
        return encrypted;
    }
}
