using ZmqExporter.Http;

namespace ZmqExporter.Tests.Http;

public sealed class HttpWarmupTests
{
    [Fact]
    public async Task RunAsync_WhateverGoesWrong_TheStartGoesOn()
    {
        var wasAsked = false;
        await HttpWarmup.RunAsync(Broken(), TestContext.Current.CancellationToken);
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
