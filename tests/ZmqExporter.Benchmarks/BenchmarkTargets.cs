using System.Collections.Immutable;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Benchmarks;

/// <summary>Targets with the ping of the demo.</summary>
internal static class BenchmarkTargets
{
    public static TargetConfig Ping(string name, string endpoint, TimeSpan interval, MetricsDetail detail = MetricsDetail.Standard)
    {
        if (!ZmtpEndpoint.TryParse(endpoint, out var parsed, out var error))
        {
            throw new ArgumentException(error, nameof(endpoint));
        }

        var step = new RequestStepConfig([new FrameConfig("ping", [])], [ExpectConfig.EqualsText(0, "pong")]);
        var prober = new RequestProberConfig(SocketType.Req, Persistent: true, [step]);
        var module = new ModuleConfig("ping", interval, TimeSpan.FromSeconds(Math.Min(2, interval.TotalSeconds)), MessagingClient.Zmtp, new PolicyConfig(), new SecurityConfig.Null(), prober)
        {
            Buckets = MetricsBenchmarks.BoundsOf(detail),
        };
        return new TargetConfig(name, parsed, module, ImmutableSortedDictionary<string, string>.Empty);
    }
}
