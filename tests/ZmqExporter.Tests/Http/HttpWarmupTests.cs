using Microsoft.AspNetCore.Http;
using ZmqExporter.Http;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Tests.Http;

public sealed class HttpWarmupTests
{
    // Text shares all of its code with OpenMetrics.
    [Theory]
    [InlineData(MetricsFormat.OpenMetrics)]
    [InlineData(MetricsFormat.Protobuf)]
    internal void Requests_OfMetrics_WarmEachFormat(MetricsFormat format) =>
        Assert.Single(
            HttpWarmup.Requests.Where(request => request.Path == "/metrics"),
            request => MetricsNegotiation.Choose(new HeaderDictionary { ["Accept"] = request.Accept }) == format);

    [Fact]
    public async Task RunAsync_WhateverGoesWrong_TheStartGoesOn()
    {
        var wasAsked = false;
        await HttpWarmup.RunAsync(Broken(), new OwnConnection(), TestContext.Current.CancellationToken);
        Assert.True(wasAsked);

        IEnumerable<string> Broken()
        {
            wasAsked = true;
            throw new IOException("not what anybody expects");
#pragma warning disable CS0162 // What makes it an iterator.
            yield break;
#pragma warning restore CS0162
        }
    }
}
