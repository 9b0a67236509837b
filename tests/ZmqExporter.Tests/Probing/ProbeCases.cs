using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>Configs for probe tests: 2 s hard deadline, 500 ms soft one.</summary>
internal static class ProbeCases
{
    public static RequestStepConfig Step(string send, params ReadOnlySpan<ExpectConfig> expects) =>
        new([new FrameConfig(send, [])], [.. expects]);

    public static RequestStepConfig Until(string send, params ReadOnlySpan<ExpectConfig> ends) => Step(send) with { Until = [.. ends] };

    public static ExpectConfig Equal(string text, int frame = 0) => ExpectConfig.EqualsText(frame, text);

    public static TargetConfig Target(RequestProberConfig prober, ZmtpEndpoint? endpoint = null, double timeout = 2, double lateAfter = 0.5)
    {
        if (endpoint is null)
        {
            Assert.True(ZmtpEndpoint.TryParse("tcp://127.0.0.1:1", out endpoint, out _));
        }

        var policy = new PolicyConfig { LateAfter = TimeSpan.FromSeconds(lateAfter) };
        var module = new ModuleConfig(
            "ping", TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(timeout), MessagingClient.Zmtp, policy, new SecurityConfig.Null(), prober);
        return new TargetConfig("orders", endpoint, module, ImmutableSortedDictionary<string, string>.Empty);
    }

    /// <summary>Counts what a prober notices beside its results.</summary>
    internal sealed class Observer : IProbeObserver
    {
        private int _stale;

        public int Stale => Volatile.Read(ref _stale);

        public void OnConnectionEvent(ConnectionEvent connectionEvent)
        {
            // No test looks at these here: the connection's own tests do.
        }

        public void OnStaleReply() => Interlocked.Increment(ref _stale);
    }
}
