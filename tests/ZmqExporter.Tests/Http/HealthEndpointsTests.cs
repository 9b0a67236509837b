using System.Net;

namespace ZmqExporter.Tests.Http;

public sealed class HealthEndpointsTests
{
    [Fact]
    public async Task Healthy_Stalled_Is503WithTheReason()
    {
        await using var test = await HttpUnderTest.StartAsync();
        await AssertAnswerAsync(test, "/-/healthy", HttpStatusCode.OK, "healthy\n");
        test.Health = (false, "no probe has started for 60 s");
        await AssertAnswerAsync(test, "/-/healthy", HttpStatusCode.ServiceUnavailable, "no probe has started for 60 s\n");
    }

    [Fact]
    public async Task Ready_BeforeAndAfterStart_Is503Then200()
    {
        await using var test = await HttpUnderTest.StartAsync();
        await AssertAnswerAsync(test, "/-/ready", HttpStatusCode.ServiceUnavailable, "not ready\n");
        test.Ready = true;
        await AssertAnswerAsync(test, "/-/ready", HttpStatusCode.OK, "ready\n");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/metrics")]
    [InlineData("/-/healthy")]
    [InlineData("/nowhere")]
    public async Task Any_Response_ForbidsCachingAndSniffing(string path)
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var response = await test.SendAsync(HttpMethod.Get, path);
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.False(response.Headers.Contains("Server"));
    }

    private static async Task AssertAnswerAsync(HttpUnderTest test, string path, HttpStatusCode status, string text)
    {
        using var response = await test.SendAsync(HttpMethod.Get, path);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal($"{text.Length}", response.Content.Headers.NonValidated["Content-Length"].ToString()); // as sent: the property would count
        Assert.Equal(text, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var head = await test.SendAsync(HttpMethod.Head, path);
        Assert.Equal((status, $"{text.Length}"), (head.StatusCode, head.Content.Headers.NonValidated["Content-Length"].ToString()));
    }
}
