using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Http;
using ZmqExporter.Limits;
using ZmqExporter.Tests.Configuration;

namespace ZmqExporter.Tests.Limits;

public sealed class DescriptorNeedsTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 9)]
    [InlineData(150, 0, 165)]
    [InlineData(10, 10, 28)]
    public void Of_Targets_IsOneForEachAndSomeForSecondConnections(int zmtp, int netMq, int needed) =>
        Assert.Equal(needed, DescriptorNeeds.Of(Targets(zmtp, netMq)));

    [Theory]
    [InlineData(265, null)]
    [InlineData(200, "this process may open 200 files and needs about 274, 265 of them for itself: raise the limit (ulimit -n, LimitNOFILE)")]
    public void Problem_LimitBelowWhatTheProcessNeeds_SaysHowManyWouldDo(int limit, string? problem) =>
        Assert.Equal(problem, DescriptorNeeds.Problem(Targets(zmtp: 1, netMq: 0), limit, HttpLimits.MostDescriptors));

    // 500 targets were told 790, and those did not do.
    [Fact]
    public void Problem_ManyTargets_CountsTheConnectionsThatTheHigherLimitLetsIn()
    {
        var problem = DescriptorNeeds.Problem(Targets(zmtp: 500, netMq: 0), 200, HttpLimits.MostDescriptors);
        Assert.Contains("needs about 907, ", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, null)]
    [InlineData(60, "this process may open 60 files, and .NET alone needs 100: raise the limit (ulimit -n)")]
    public void Problem_LimitBelowWhatACommandNeeds_SaysSo(int limit, string? problem) => Assert.Equal(problem, DescriptorNeeds.Problem(limit));

    private static ImmutableArray<TargetConfig> Targets(int zmtp, int netMq)
    {
        var targets = string.Concat(Enumerable.Range(0, zmtp + netMq).Select(i =>
            $"  - {{name: t{i}, endpoint: 'tcp://127.0.0.1:1', modules: [{(i < zmtp ? "own" : "netmq")}]}}\n"));
        return Parsed.Config(
            "modules:\n  own: {prober: request, send: [a]}\n  netmq: {prober: request, client: netmq, send: [a]}\n"
            + (targets.Length > 0 ? "targets:\n" + targets : "targets: []\n")).Targets;
    }
}
