using System.Collections.Immutable;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Tests.Scheduling;

internal static class TestTargets
{
    /// <summary>A target that is probed each second, unless told otherwise.</summary>
    public static TargetConfig Create(string name = "orders", TimeSpan? interval = null, PolicyConfig? policy = null, string module = "ping")
    {
        Assert.True(ZmtpEndpoint.TryParse("tcp://orders.internal:5555", out var endpoint, out _));
        var prober = new RequestProberConfig(SocketType.Req, Persistent: true, []);
        return new TargetConfig(
            name,
            endpoint,
            new ModuleConfig(
                module,
                interval ?? TimeSpan.FromSeconds(1),
                TimeSpan.FromMilliseconds(500),
                MessagingClient.Zmtp,
                policy ?? new PolicyConfig(),
                new SecurityConfig.Null(),
                prober),
            ImmutableSortedDictionary<string, string>.Empty);
    }
}
