using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using Zmtp;

namespace ZmqExporter.Tests.Metrics;

/// <summary>Exporter metrics on a clock that stands still, and the values that tests feed them.</summary>
internal sealed partial class MetricsUnderTest
{
    public MetricsUnderTest(MetricsDetail detail = MetricsDetail.Full)
    {
        Targets = new TargetSet(Time, detail, Events);
        Exporter = new ExporterMetrics(Targets, detail, Time);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public TargetEvents Events { get; } = new();

    public TargetSet Targets { get; }

    public ExporterMetrics Exporter { get; }

    public static TargetConfig Target(string name = "orders", string module = "ping", params (string Name, string Value)[] labels)
    {
        Assert.True(ZmtpEndpoint.TryParse("tcp://orders.internal:5555", out var endpoint, out var error), error);
        var config = new ModuleConfig(
            module,
            TimeSpan.FromSeconds(15),
            TimeSpan.FromSeconds(2),
            MessagingClient.Zmtp,
            new PolicyConfig { FlappingChanges = 1 },
            new SecurityConfig.Null(),
            new RequestProberConfig(SocketType.Req, Persistent: true, []))
        {
            Buckets = [0.001, 0.01, 0.25, 1.5],
        };
        return new TargetConfig(name, endpoint, config, labels.ToImmutableSortedDictionary(l => l.Name, l => l.Value, StringComparer.Ordinal));
    }

    public static PeerInfo Peer(int minor = 1, string mechanism = "NULL", string? socketType = "REP") =>
        new(3, minor, mechanism, socketType, ImmutableSortedDictionary<string, string>.Empty);

    public static ProbeResult OnTime(double roundTripSeconds = 0.002) => new()
    {
        Outcome = ProbeOutcome.OnTime,
        Reachable = true,
        Responsive = true,
        Ready = true,
        RoundTrip = TimeSpan.FromSeconds(roundTripSeconds),
        Phases = new PhaseDurations(
            TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(3), null, TimeSpan.FromSeconds(roundTripSeconds)),
        Peer = Peer(),
    };

    public static ProbeResult Miss(FailureReason reason, bool? reachable = false, bool? responsive = false, bool? ready = null) => new()
    {
        Outcome = ProbeOutcome.Miss,
        Reason = reason,
        Detail = "no luck",
        Reachable = reachable,
        Responsive = responsive,
        Ready = ready,
    };

    /// <summary>The scrape without the figures of the process, which differ each time.</summary>
    public async Task<string> ScrapeAsync(MetricsFormat format = MetricsFormat.Text)
    {
        var lines = (await ScrapeAllAsync(format)).Split('\n').Where(line => !OwnFigure().IsMatch(line));
        return BuildLabels().Replace(string.Join('\n', lines), "{version=\"VERSION\",revision=\"REVISION\"}");
    }

    public async Task<string> ScrapeAllAsync(MetricsFormat format = MetricsFormat.Text) =>
        Encoding.UTF8.GetString(await ScrapeBytesAsync(format));

    public async Task<byte[]> ScrapeBytesAsync(MetricsFormat format)
    {
        using var stream = new MemoryStream();
        await Exporter.WriteAsync(stream, format, TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    /// <summary>The sample lines of one family, without its name.</summary>
    public async Task<string[]> SamplesAsync(string family) =>
    [
        .. (await ScrapeAsync()).Split('\n')
            .Where(line => line.StartsWith(family + "{", StringComparison.Ordinal) || line.StartsWith(family + " ", StringComparison.Ordinal))
            .Select(line => line[family.Length..]),
    ];

    [GeneratedRegex(@"^(# (HELP|TYPE) )?(process|dotnet)_", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OwnFigure();

    [GeneratedRegex(@"\{version=""[^""]*"",revision=""[^""]*""\}", RegexOptions.None, 1000)]
    private static partial Regex BuildLabels();
}
